"""What caller and origin of the soak say to each other: every byte follows from a request's number.

    HTTP    POST /NUMBER/UP/DOWN with a body of UP bytes, answered 200 with one of DOWN bytes; chunked, one time in four
    TCP     "NUMBER UP DOWN\\n" and UP bytes, answered with DOWN bytes; again and again on one connection

A body is a piece of one pattern, cut out at a place that the number says. So the origin knows whether a request came as it
was sent, and the caller knows the answer to the last byte before it is there. What came changed is answered otherwise.
"""

import random
from dataclasses import dataclass

MOST_BODY = 1 << 18
PATTERN = random.Random(20).randbytes(2 * MOST_BODY)
CHUNK = 5_000
CHANGED = b"HTTP/1.1 422 Changed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    number: int
    up: int
    down: int

    def http_request(self):
        head = f"POST /{self.number}/{self.up}/{self.down} HTTP/1.1\r\nHost: soak\r\nContent-Length: {self.up}\r\n\r\n"
        return head.encode() + body(self.number, self.up)

    def http_answer(self):
        content = body(self.number + 1, self.down)
        if self.number % 4:
            return f"HTTP/1.1 200 OK\r\nContent-Length: {self.down}\r\n\r\n".encode() + content
        return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(chunks(content))

    def tcp_request(self):
        return f"{self.number} {self.up} {self.down}\n".encode() + body(self.number, self.up)

    def tcp_answer(self):
        return body(self.number + 1, self.down)


def body(number, length):
    place = number * 7_919 % MOST_BODY
    return PATTERN[place : place + length]


def chunks(content):
    for place in range(0, len(content), CHUNK):
        piece = content[place : place + CHUNK]
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def is_asked_for(up, down):
    """Whether a caller of ours asks for so much; numbers may come changed."""
    return 0 <= up <= MOST_BODY and 0 <= down <= MOST_BODY
