// Fisher's exact test of a table of two by two: given its margins, how probable is it when both rows have one share?
//
//              bad   good
//     before    a      b        The upper left cell is hypergeometric. Its weights are taken relative to the most probable
//     after     c      d        one, outward, each from its neighbour: no factorial can overflow, and sums of small weights
//                               stay exact. A probability under 10^-308 is 0.

/// A table of counts, each 0 or more.
package struct FisherExactTest: Sendable, Hashable {
    /// Which tables count as at least as extreme.
    package enum Alternative: String, Sendable, Hashable, CaseIterable {
        case less, greater
        case twoSided = "two-sided"
    }

    private let observed, row, column, total: Int

    package init(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
        (observed, row, column, total) = (a, a + b, a + c, a + b + c + d)
    }

    /// The probability of a table at least as extreme; O(the smaller margin).
    ///
    /// Two-sided: of all tables that are not more probable, equal ones told by a tolerance of 10^-7 as R does, because
    /// rounding would part two that are the same.
    package func probability(_ alternative: Alternative) -> Double {
        let limit = weightOfObserved * (1 + 1e-7)
        var (all, extreme) = (0.0, 0.0)
        forEachWeight { cell, weight in
            all += weight
            let counts =
                switch alternative {
                case .less: cell <= observed
                case .greater: cell >= observed
                case .twoSided: weight <= limit
                }
            if counts { extreme += weight }
        }
        return min(extreme / all, 1)
    }

    private var least: Int { max(0, row + column - total) }
    private var most: Int { min(row, column) }

    private var mode: Int {
        let top = (Double(row) + 1) * (Double(column) + 1) / (Double(total) + 2)
        return min(max(Int(top), least), most)
    }

    private var weightOfObserved: Double {
        var found = 0.0
        forEachWeight { cell, weight in if cell == observed { found = weight } }
        return found
    }

    private func forEachWeight(_ body: (_ cell: Int, _ weight: Double) -> Void) {
        body(mode, 1)
        var weight = 1.0
        for cell in mode..<most where weight > 0 {
            weight *= ratio(above: cell)
            body(cell + 1, weight)
        }
        weight = 1
        for cell in (least..<mode).reversed() where weight > 0 {
            weight /= ratio(above: cell)
            body(cell, weight)
        }
    }

    /// Weight of `cell` + 1 over that of `cell`.
    private func ratio(above cell: Int) -> Double {
        Double(row - cell) * Double(column - cell) / (Double(cell + 1) * Double(total - row - column + cell + 1))
    }
}
