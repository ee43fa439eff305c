// A curve through points that never turns back where the points do not (Fritsch and Carlson, SIAM J. Numer. Anal. 17,
// 1980): cubic Hermite pieces whose slopes are limited to a circle of radius 3 secants. Beyond the first and the last
// point it goes on straight, with the slope it has there.

/// A monotone cubic through increasing points.
package struct MonotoneSpline: Sendable, Hashable {
    private let x: [Double]
    private let y: [Double]
    private let slopes: [Double]

    /// The curve through `points`: two at least, x and y strictly increasing.
    package init(_ points: [(x: Double, y: Double)]) {
        x = points.map(\.x)
        y = points.map(\.y)
        slopes = Self.slopes(x, y)
    }

    /// The curve at `position`; O(number of points).
    package func value(_ position: Double) -> Double {
        let last = x.count - 1
        if position <= x[0] { return y[0] + slopes[0] * (position - x[0]) }
        if position >= x[last] { return y[last] + slopes[last] * (position - x[last]) }
        var piece = 0
        while position > x[piece + 1] { piece += 1 }
        return hermite(piece, position)
    }

    private func hermite(_ piece: Int, _ position: Double) -> Double {
        let width = x[piece + 1] - x[piece]
        let t = (position - x[piece]) / width
        let (square, cube) = (t * t, t * t * t)
        let ends: Double = y[piece] + (y[piece + 1] - y[piece]) * (3 * square - 2 * cube)
        let bend: Double = slopes[piece] * (cube - 2 * square + t) + slopes[piece + 1] * (cube - square)
        return ends + width * bend
    }

    private static func slopes(_ x: [Double], _ y: [Double]) -> [Double] {
        var secants: [Double] = []
        for index in 1..<x.count {
            secants.append((y[index] - y[index - 1]) / (x[index] - x[index - 1]))
        }
        var slopes: [Double] = [secants[0]]
        for index in 1..<secants.count { slopes.append((secants[index - 1] + secants[index]) / 2) }
        slopes.append(secants[secants.count - 1])
        for (index, secant) in secants.enumerated() { limit(&slopes, at: index, secant) }
        return slopes
    }

    private static func limit(_ slopes: inout [Double], at index: Int, _ secant: Double) {
        guard secant > 0 else { return (slopes[index], slopes[index + 1]) = (0, 0) }
        let (left, right) = (slopes[index] / secant, slopes[index + 1] / secant)
        let radius = (left * left + right * right).squareRoot()
        guard radius > 3 else { return }
        slopes[index] = 3 * left / radius * secant
        slopes[index + 1] = 3 * right / radius * secant
    }
}
