"""Brownout and its peers, measured side by side in one run.

Read in this order: measures (what is compared), rounds (how a comparison is made fair), targets (who is compared).
"""
