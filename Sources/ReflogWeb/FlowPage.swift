package import ReflogModel

/// The page of one flow, with a lane for each step.
///
/// A lane shows the references that the step had over time.
package struct FlowPage: Sendable {
  /// The flow's type and id, for example `b2cUserFlows/B2C_1_signup`.
  let name: String
  let flow: String
  let flowType: String
  let lanes: [Lane]
  let legend: [Key]
  /// True if at least one bar shows a drift.
  let hasDrift: Bool
  /// True if at least one lane shows a change of a connector.
  let hasEdits: Bool
  let isEmpty: Bool
  /// The time at which all lanes start, or nil if all lanes are empty.
  let start: Moment?
  /// The time at which all lanes end.
  let end: Moment
  /// True if the lanes end at the current time.
  let isNow: Bool
  /// The time at which the lanes end on the page with the earlier changes, or nil if there are no earlier changes.
  let earlier: String?
  /// The query of the list of flows with `?` in front, or empty. Links back to the list contain it.
  let trail: String
  /// The query in ``trail`` with `&` in front instead of `?`, or empty.
  let further: String
  /// The query in ``trail`` without the time, with `?` in front, or empty.
  ///
  /// The link to the current state of the flow contains this query.
  let nowTrail: String
  /// The freeze of everything and the freeze of the flow, if they are in force.
  let freezes: [FreezeView]
  /// True if the viewer may place freezes.
  let canFreeze: Bool

  /// The lane of one step.
  struct Lane: Sendable {
    let step: String
    /// The step's freeze that is in force, or nil if there is none.
    let freeze: FreezeView?
    let isEmpty: Bool
    let bars: [Bar]
    /// The reference at the end of the lane, or nil if the lane is empty.
    let latest: Row?
    /// The periods, newest first.
    let rows: [Row]
    /// The symbols of the changes of connectors.
    let marks: [Mark]
    /// The changes of connectors that the lane shows, newest first.
    let edits: [ConnectorEdit]
    let hasEdits: Bool
  }

  /// Returns the id of the HTML element that contains the lane of a step.
  package static func anchor(of step: Step) -> String { "step-\(step.name)" }

  /// The symbol that shows a change of a connector.
  ///
  /// The value `x` is in thousandths of the lane's width.
  struct Mark: Sendable {
    let x: Int
    let change: String
    let edit: ConnectorEdit
  }

  /// The rectangle that shows a period.
  ///
  /// The values `x` and `width` are in thousandths of the lane's width.
  struct Bar: Sendable {
    let x: Int
    let width: Int
    let tone: String
    let isDrift: Bool
    let change: String
    /// The name of the reference.
    let name: String
    let since: Moment
    /// The end of a sentence that shows who started the period, such as `by Adele`.
    let attribution: String
  }

  /// The row that shows a period in the table below the lane.
  struct Row: Sendable {
    let reference: ReferenceView
    let tone: String
    let change: String
    let since: Moment
    /// The end of a sentence that shows who started the period, such as `by Adele`.
    let attribution: Attribution
    let isDrift: Bool
  }

  /// An entry in the legend of colours.
  struct Key: Sendable {
    let reference: ReferenceView
    let tone: String
  }

  /// The width of a lane, in the units that `Bar.x` and `Bar.width` use.
  private static let width: Int64 = 1000
  /// The minimum width of a bar.
  ///
  /// A narrower bar would not be visible.
  private static let thinnest = 4
  /// Half of the width of a mark, in the units that `Mark.x` uses.
  private static let halfMark = 6

  /// Creates the page of a flow.
  ///
  /// - Parameters:
  ///   - name: the type and the id of the flow.
  ///   - lanes: the lanes of the flow's steps, in the order of the page.
  ///   - end: the time at which the lanes end.
  ///   - isNow: true if `end` is the current time.
  ///   - freezes: the freezes that are in force.
  ///   - canFreeze: true if the viewer may place freezes.
  ///   - trail: the query of the list of flows with `?` in front, or empty.
  ///   - nowTrail: the query in `trail` without the time, with `?` in front, or empty.
  package init(
    _ name: FlowName,
    _ lanes: [FlowLane],
    end: Timestamp,
    isNow: Bool,
    freezes: [Freeze] = [],
    canFreeze: Bool = false,
    trail: String = "",
    nowTrail: String = ""
  ) {
    (self.trail, self.nowTrail) = (trail, nowTrail)
    further = trail.isEmpty ? "" : "&" + trail.dropFirst()
    let frozen = ShownFreezes(freezes)
    self.freezes = [frozen[.everything], frozen[.flow(name)]].compactMap(\.self)
    self.canFreeze = canFreeze
    self.name = name.description
    flow = name.flow.text
    flowType = name.flowType.rawValue
    self.end = Moment(end)
    self.isNow = isNow
    // All lanes start at the same time. If all lanes are whole, the lanes start at the start of the oldest period.
    // Otherwise, some older references are missing, so the lanes start at the latest start among the lanes that are not
    // whole.
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
      let shown = lane.edits.filter { $0.newestDateTime >= start ?? end }
      let edits = shown.compactMap { ConnectorEdit($0) }
      return Lane(
        step: lane.step.name,
        freeze: frozen[.address(name.address(of: lane.step))],
        isEmpty: periods.isEmpty,
        bars: bars,
        latest: rows.first,
        rows: rows,
        marks: shown.compactMap { Self.mark($0, start ?? end, end) },
        edits: edits,
        hasEdits: !edits.isEmpty
      )
    }
    legend = tones.legend
    hasDrift = self.lanes.contains { $0.bars.contains(where: \.isDrift) }
    hasEdits = self.lanes.contains(where: \.hasEdits)
  }

  private static func mark(_ change: Change, _ start: Timestamp, _ end: Timestamp) -> Mark? {
    guard let edit = ConnectorEdit(change) else { return nil }
    let time = change.newestDateTime
    let x = position(time, start, end)
    return Mark(x: min(max(x, halfMark), Int(width) - halfMark), change: edit.change, edit: edit)
  }

  /// Returns the position of a time in a lane, in thousandths of the lane's width.
  private static func position(_ time: Timestamp, _ start: Timestamp, _ end: Timestamp) -> Int {
    let whole = max(1, end.microseconds - start.microseconds)
    return Int((time.microseconds - start.microseconds) * width / whole)
  }

  /// Returns the periods that the page shows completely or in part, and the shown time range of each period.
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
    let x = min(position(range.lowerBound, start, end), Int(width) - thinnest)
    return Bar(
      x: x,
      width: max(thinnest, position(range.upperBound, start, end) - x),
      tone: tone,
      isDrift: period.change.intent.kind == .drift,
      change: period.change.id.description,
      name: ReferenceView(period.reference).name,
      since: Moment(period.start),
      attribution: period.change.attribution
    )
  }

  /// Returns the page as HTML.
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
    attribution = Attribution(period.change)
    isDrift = period.change.intent.kind == .drift
  }
}

/// Assigns a colour to each connector on a page, in the order in which the connectors appear.
///
/// When all colours are used, the remaining connectors share one extra colour. Connectors are distinguished by id, so
/// a renamed connector keeps its colour.
private struct Tones {
  /// The number of colours in the style sheet.
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
    explain(tone, isOneOfMany ? ReferenceView(text: "other connectors") : ReferenceView(reference))
    return tone
  }

  private mutating func explain(_ tone: String, _ reference: ReferenceView) {
    guard !legend.contains(where: { $0.tone == tone }) else { return }
    legend.append(FlowPage.Key(reference: reference, tone: tone))
  }
}
