/// A set of ids, stored as ranges in ascending order with gaps between the ranges.
///
/// The set needs little memory if most of the ids are consecutive.
package struct IDRanges: Hashable, Sendable {
  package private(set) var ranges: [ClosedRange<Int64>] = []

  /// Creates an empty set.
  package init() {}

  /// Creates a set of ids.
  ///
  /// The ids must be in ascending order.
  package init(_ ids: some Sequence<Int64>) {
    for id in ids { append(id...id) }
  }

  /// Creates a set from ranges of ids.
  ///
  /// The ranges must be in ascending order.
  package init(ranges: some Sequence<ClosedRange<Int64>>) {
    for range in ranges { append(range) }
  }

  /// Reads a set from text, for example `1-500,502`.
  ///
  /// Returns nil if the text has another form or is not in ascending order.
  package init?(_ text: some StringProtocol) {
    for part in text.utf8.split(separator: UInt8(ascii: ",")) {
      let ends = part.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map {
        Int64(plainDecimal: $0)
      }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends.count == 1 ? first : ends[1],
        first <= last, last < .max, first > ranges.last?.upperBound ?? -1
      else { return nil }
      append(first...last)
    }
  }

  /// Whether the set has no ids.
  package var isEmpty: Bool { ranges.isEmpty }

  /// The highest id, or nil if the set is empty.
  package var last: Int64? { ranges.last?.upperBound }

  /// The number of ids.
  package var count: Int64 { ranges.reduce(0) { $0 + $1.upperBound - $1.lowerBound + 1 } }

  /// Adds a range of ids.
  ///
  /// Every id in the range must be higher than all ids in the set.
  package mutating func append(_ range: ClosedRange<Int64>) {
    if let last = ranges.last, last.upperBound + 1 == range.lowerBound {
      ranges[ranges.count - 1] = last.lowerBound...range.upperBound
    } else {
      ranges.append(range)
    }
  }

  /// Returns the ids that are in at least one of two sets.
  package func union(_ other: IDRanges) -> IDRanges {
    var all = self
    // Usually all ids in the other set are higher than the ids in this set. In that case, the ranges are appended
    // without sorting.
    if let last = ranges.last?.upperBound, let first = other.ranges.first?.lowerBound, last < first {
      for range in other.ranges { all.append(range) }
      return all
    }
    all = IDRanges()
    for range in (ranges + other.ranges).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard let last = all.ranges.last, range.lowerBound <= last.upperBound else {
        all.append(range)
        continue
      }
      all.ranges[all.ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
    }
    return all
  }

  /// Adds the ids of another set.
  package mutating func formUnion(_ other: IDRanges) { self = union(other) }

  /// Returns the ids that are not in another set.
  package func subtracting(_ other: IDRanges) -> IDRanges {
    var rest = IDRanges()
    for range in ranges { for gap in other.gaps(in: range) { rest.append(gap) } }
    return rest
  }

  /// Returns whether an id is in the set.
  package func contains(_ id: Int64) -> Bool {
    let index = index(reaching: id)
    return index < ranges.count && ranges[index].contains(id)
  }

  /// Returns the index of the first range whose last id is equal to `id` or higher.
  private func index(reaching id: Int64) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Returns the ids in `range` that are not in the set, in ascending order.
  package func gaps(in range: ClosedRange<Int64>) -> [ClosedRange<Int64>] {
    var gaps: [ClosedRange<Int64>] = []
    var next = range.lowerBound
    for known in ranges[index(reaching: range.lowerBound)...] {
      guard known.lowerBound <= range.upperBound else { break }
      if next < known.lowerBound { gaps.append(next...known.lowerBound - 1) }
      next = max(next, known.upperBound + 1)
    }
    if next <= range.upperBound { gaps.append(next...range.upperBound) }
    return gaps
  }

  /// The set as text, for example `1-500,502`.
  package var text: String { text(inPiecesOf: .max) }

  /// Returns the set as text in which no range has more than `count` ids, for example `1-500,501-600`.
  package func text(inPiecesOf count: Int64) -> String {
    pieces(of: count).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }

  /// Returns the ranges of the set, each divided into ranges of at most `count` ids.
  package func pieces(of count: Int64) -> [ClosedRange<Int64>] {
    ranges.flatMap { range in
      sequence(first: range.lowerBound) { first in range.upperBound - first >= count ? first + count : nil }
        .map { first in first...(range.upperBound - first >= count ? first + count - 1 : range.upperBound) }
    }
  }
}
