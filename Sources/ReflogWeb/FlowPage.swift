package import ReflogModel

/// One flow: a lane for each step, which shows when it called what.
package struct FlowPage: Sendable {
  let name: String
  let flow: String
  let flowType: String
  let lanes: [Lane]
  let legend: [Key]
  /// Whether something was set without Reflog, which bars are marked for.
  let hasDrift: Bool
  let isEmpty: Bool
  let start: Moment?
  let end: Moment
  /// Whether it goes up to now.
  let isNow: Bool
  /// The end of what came before, where there is more.
  let earlier: String?

  struct Lane: Sendable {
    let step: String
    let isEmpty: Bool
    let bars: [Bar]
    /// What it called at the end.
    let latest: Row?
    /// Newest first.
    let rows: [Row]
  }

  /// A period as a rectangle, in thousandths of the width.
  struct Bar: Sendable {
    let x: Int
    let width: Int
    let tone: String
    let isDrift: Bool
    let change: String
    let title: String
  }

  struct Row: Sendable {
    let reference: ReferenceView
    let tone: String
    let change: String
    let since: Moment
    let byWhom: String
    let isDrift: Bool
  }

  struct Key: Sendable {
    let reference: ReferenceView
    let tone: String
  }

  /// What lanes are as wide as.
  private static let width: Int64 = 1000
  /// The least that can be seen.
  private static let thinnest = 4

  /// - Parameters:
  ///   - end: the moment at which lanes end.
  ///   - isNow: whether that is now.
  package init(_ name: FlowName, _ lanes: [FlowLane], end: Timestamp, isNow: Bool) {
    self.name = name.description
    flow = name.flow.text
    flowType = name.flowType.rawValue
    self.end = Moment(end)
    self.isNow = isNow
    // Where a lane has more than is shown, all begin where it does: each says what it called at any moment that is shown.
    let cut = lanes.filter { !$0.isWhole }.compactMap(\.start).max()
    let start = cut ?? lanes.compactMap(\.start).min()
    self.start = start.map(Moment.init)
    earlier = cut?.description
    isEmpty = start == nil
    var tones = Tones()
    self.lanes = lanes.map { lane in
      let periods = Self.periods(lane, start: start ?? end, end: end)
      let bars = periods.map { Self.bar($0.period, $0.range, start ?? end, end, tones.tone(of: $0.period.reference)) }
      let rows = periods.reversed().map { Row($0.period, tone: tones.tone(of: $0.period.reference)) }
      return Lane(step: lane.step.name, isEmpty: periods.isEmpty, bars: bars, latest: rows.first, rows: rows)
    }
    legend = tones.legend
    hasDrift = self.lanes.contains { $0.bars.contains(where: \.isDrift) }
  }

  /// Those that are not over before the start, each with when it was.
  private static func periods(
    _ lane: FlowLane,
    start: Timestamp,
    end: Timestamp
  ) -> [(period: FlowLane.Period, range: ClosedRange<Timestamp>)] {
    let ends = lane.periods.dropFirst().map(\.start) + [end]
    return zip(lane.periods, ends).compactMap { period, over in
      guard over >= start, period.start < end else { return nil }
      return (period, max(period.start, start)...max(over, period.start, start))
    }
  }

  private static func bar(
    _ period: FlowLane.Period,
    _ range: ClosedRange<Timestamp>,
    _ start: Timestamp,
    _ end: Timestamp,
    _ tone: String
  ) -> Bar {
    let whole = max(1, end.microseconds - start.microseconds)
    func place(_ time: Timestamp) -> Int { Int((time.microseconds - start.microseconds) * width / whole) }
    let x = min(place(range.lowerBound), Int(width) - thinnest)
    return Bar(
      x: x,
      width: max(thinnest, place(range.upperBound) - x),
      tone: tone,
      isDrift: period.change.intent.kind == .drift,
      change: period.change.id.description,
      title: "\(ReferenceView(period.reference).name), since \(period.start), \(period.change.byWhom)"
    )
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: flow, frame: frame, in: .flows, page: self), "flow")
  }
}

extension FlowPage.Row {
  fileprivate init(_ period: FlowLane.Period, tone: String) {
    reference = ReferenceView(period.reference)
    self.tone = tone
    change = period.change.id.description
    since = Moment(period.start)
    byWhom = period.change.byWhom
    isDrift = period.change.intent.kind == .drift
  }
}

/// Gives each connector a colour, in the order in which they come, and those that come when all are given one for all; a name that
/// changed is no other connector.
private struct Tones {
  /// As many as the style sheet has.
  private static let count = 8

  private var tones: [ConnectorID: String] = [:]
  private(set) var legend: [FlowPage.Key] = []

  mutating func tone(of reference: ConnectorReference) -> String {
    guard let id = reference.connectorID else {
      let tone = reference == .none ? "nothing" : "unknown"
      explain(tone, ReferenceView(reference))
      return tone
    }
    if let known = tones[id] { return known }
    let isOneOfMany = tones.count >= Self.count
    let tone = isOneOfMany ? "others" : "tone\(tones.count)"
    tones[id] = tone
    explain(tone, isOneOfMany ? ReferenceView(words: "other connectors") : ReferenceView(reference))
    return tone
  }

  private mutating func explain(_ tone: String, _ reference: ReferenceView) {
    guard !legend.contains(where: { $0.tone == tone }) else { return }
    legend.append(FlowPage.Key(reference: reference, tone: tone))
  }
}
