// The statistics that verdicts rest on against those that statisticians use: scipy and lifelines, as they come from PyPI.

import Foundation
import TestSupport
import Testing

@Suite("Statistics agree with scipy and lifelines")
struct StatisticsTests {
    @Test("to 1e-9 in thousands of seeded cases of every kind")
    func agreement() throws {
        try Scratch.withDirectory { directory in
            let cases = StatisticsCases()
            try cases.lines.joined(separator: "\n")
                .write(to: directory.appending(path: "cases"), atomically: true, encoding: .utf8)
            try Self.check.write(to: directory.appending(path: "check.py"), atomically: true, encoding: .utf8)
            let result = try Tool.shell(
                """
                set -e
                /usr/bin/python3 -m venv python
                python/bin/pip install --quiet --disable-pip-version-check scipy==1.17.1 lifelines==0.30.3
                python/bin/python -W ignore check.py
                """, in: directory)
            #expect(result.status == 0, "\(result.output.suffix(4_000))\(result.errors.suffix(2_000))")
            #expect(result.output.hasSuffix("\(cases.lines.count) cases agree\n"))
            #expect(cases.lines.count == 2_450)
        }
    }

    private static let check = """
        import math, sys
        import numpy as np
        from lifelines import KaplanMeierFitter
        from scipy import linalg, stats

        def proportion(numbers):
            k, n, confidence = int(numbers[0]), int(numbers[1]), numbers[2]
            wilson = stats.binomtest(k, n).proportion_ci(confidence, "wilson")
            def least(c): return stats.beta.ppf(1 - c, k, n - k + 1) if k else 0
            def most(c): return stats.beta.ppf(c, k + 1, n - k) if k < n else 1
            sided = (1 + confidence) / 2
            return [least(sided), most(sided), wilson.low, wilson.high, least(confidence), most(confidence)]

        def poisson(numbers):
            count, confidence, mean = numbers
            missed = (1 - confidence) / 2
            lower = stats.gamma.ppf(missed, count) if count else 0
            upper = stats.gamma.ppf(1 - missed, count + 1)
            return [lower, upper, stats.poisson.ppf(confidence, mean), stats.poisson.cdf(count, mean)]

        def fisher(numbers):
            table = np.array(numbers, dtype=int).reshape(2, 2)
            return [stats.fisher_exact(table, each).pvalue for each in ("less", "greater", "two-sided")]

        def survival(ages, ended, question):
            age, share = question
            if not any(ended):
                return [1, 1, 1, math.inf]
            curve = KaplanMeierFitter().fit(ages, ended)
            value = float(curve.predict(age))
            before = [at for at in curve.confidence_interval_.index if at <= age]
            interval = curve.confidence_interval_.loc[before[-1]].tolist()
            if value in (0, 1):
                interval = [value, value]
            return [value, *interval, curve.percentile(1 - share)]

        def samples(values, share):
            variance, mean = np.var(values, ddof=1), np.mean(values)
            nearest = np.quantile(values, share[0], method="inverted_cdf")
            return [nearest, np.quantile(values, share[0]), mean, variance, variance / mean]

        def least_squares(response, covariance):
            count = len(response)
            factor = linalg.cholesky(np.reshape(covariance, (count, count)), lower=True)
            design = np.column_stack([np.ones(count), np.arange(count)])
            white = linalg.solve_triangular(factor, design, lower=True)
            target = linalg.solve_triangular(factor, response, lower=True)
            beta = linalg.lstsq(white, target)[0]
            distance = np.sum((target - white @ beta) ** 2)
            return [*beta, distance, distance + 2 * math.log(count)]

        def burn(numbers):
            bad, total, target, expected = numbers
            return [bad / total / (1 - target), bad / ((1 - target) * expected)]

        def differ(ours, theirs):
            return ours != theirs and not abs(ours - theirs) <= 1e-9 * abs(theirs) + 1e-15

        kinds = {"proportion": proportion, "poisson": poisson, "fisher": fisher, "survival": survival,
                 "samples": samples, "least-squares": least_squares, "burn": burn}
        wrong, lines = 0, open("cases").read().splitlines()
        for line in lines:
            kind, *lists = line.split("|")
            *arguments, ours = [list(map(float, each.split())) for each in lists]
            theirs = list(map(float, kinds[kind](*arguments)))
            if len(ours) != len(theirs) or any(map(differ, ours, theirs)):
                wrong += 1
                print(kind, arguments, ours, theirs)
        print(len(lines) - wrong, "cases agree")
        sys.exit(wrong > 0)
        """
}
