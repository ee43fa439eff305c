// Generalised least squares for a handful of points whose errors differ and hang together (Aitken, 1935), and Schwarz's
// criterion (1978) to choose between two models of them. Points are made independent by the Cholesky factor of their
// covariance, Σ = L Lᵀ; the rest is ordinary least squares by Gram-Schmidt, which does not square the condition.

import Glibc

/// A linear model fitted to points of known covariance.
package struct LeastSquares: Sendable, Hashable {
    package let coefficients: [Double]
    /// The squared distance of points and model in units of their errors: rᵀ Σ⁻¹ r.
    package let chiSquared: Double
    package let points: Int

    /// χ² + k ln n: lower is better, and a difference of 6 is strong evidence (Kass and Raftery, 1995).
    package var bayesianCriterion: Double {
        chiSquared + Double(coefficients.count) * log(Double(points))
    }

    /// `columns` of the design, each as long as `response`; nil where `covariance` is not positive definite, columns
    /// depend on each other or points are fewer than columns.
    package init?(columns: [[Double]], response: [Double], covariance: [[Double]]) {
        guard columns.count <= response.count, let factor = Self.cholesky(covariance) else { return nil }
        let whitened = columns.map { Self.solve(factor, $0) }
        guard let (basis, triangle) = Self.orthonormal(whitened) else { return nil }
        var rest = Self.solve(factor, response)
        let projections = basis.map { direction in
            let length = Self.dot(direction, rest)
            for index in rest.indices { rest[index] -= length * direction[index] }
            return length
        }
        coefficients = Self.substitute(triangle, projections)
        chiSquared = Self.dot(rest, rest)
        points = response.count
    }

    /// L of Σ = L Lᵀ, by rows.
    private static func cholesky(_ matrix: [[Double]]) -> [[Double]]? {
        var factor = matrix.map { $0.map { _ in 0.0 } }
        for row in matrix.indices {
            for column in 0...row {
                let rest = matrix[row][column] - dot(factor[row][..<column], factor[column][..<column])
                if row == column {
                    guard rest > 0 else { return nil }
                    factor[row][row] = rest.squareRoot()
                } else {
                    factor[row][column] = rest / factor[column][column]
                }
            }
        }
        return factor
    }

    /// The x of L x = `values`.
    private static func solve(_ factor: [[Double]], _ values: [Double]) -> [Double] {
        var solution: [Double] = []
        for (row, value) in values.enumerated() {
            solution.append((value - dot(factor[row][..<row], solution[...])) / factor[row][row])
        }
        return solution
    }

    /// Modified Gram-Schmidt: orthonormal directions and the upper triangle, by columns, that leads back.
    private static func orthonormal(_ columns: [[Double]]) -> (basis: [[Double]], triangle: [[Double]])? {
        var (basis, triangle): ([[Double]], [[Double]]) = ([], [])
        for column in columns {
            var (rest, shares) = (column, [Double]())
            for direction in basis {
                let share = dot(direction, rest)
                for index in rest.indices { rest[index] -= share * direction[index] }
                shares.append(share)
            }
            let length = dot(rest, rest).squareRoot()
            guard length > 1e-12 * dot(column, column).squareRoot() else { return nil }
            basis.append(rest.map { $0 / length })
            triangle.append(shares + [length])
        }
        return (basis, triangle)
    }

    /// The x of R x = `values`, R given by columns.
    private static func substitute(_ triangle: [[Double]], _ values: [Double]) -> [Double] {
        var solution = values
        for row in values.indices.reversed() {
            for column in (row + 1)..<values.count { solution[row] -= triangle[column][row] * solution[column] }
            solution[row] /= triangle[row][row]
        }
        return solution
    }

    private static func dot(_ left: some Collection<Double>, _ right: some Collection<Double>) -> Double {
        zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
