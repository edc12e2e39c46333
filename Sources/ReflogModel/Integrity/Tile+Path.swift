extension Tile: CustomStringConvertible {
  private static let entriesName = "entries"
  private static let partialMark = Array(".p".utf8)

  /// The path of the tile: `tile/<level>/<index>[.p/<width>]` or `tile/entries/<index>[.p/<width>]`.
  ///
  /// The index is written in groups of three digits, for example `tile/0/x001/x234/067.p/112` for index 1234067.
  package var path: String {
    let name =
      switch content {
      case .hashes(let level): String(level)
      case .entries: Self.entriesName
      }
    let suffix = width < Self.maximumWidth ? ".p/\(width)" : ""
    return "tile/\(name)/\(Self.groups(of: index))\(suffix)"
  }

  /// The path of the tile.
  package var description: String { path }

  /// Creates a tile from its ``path``.
  ///
  /// Each tile has exactly one path.
  ///
  /// - Throws: ``IntegrityError/malformedTilePath(_:)`` for any other text.
  package init(path: some StringProtocol) throws(IntegrityError) {
    guard let tile = Self.parse(Array(path.utf8)), tile.path.utf8.elementsEqual(path.utf8) else {
      throw .malformedTilePath(String(path))
    }
    self = tile
  }

  private static func groups(of index: Int64) -> String {
    var groups = [threeDigits(index % 1000)]
    var rest = index / 1000
    while rest > 0 {
      groups.insert("x" + threeDigits(rest % 1000), at: 0)
      rest /= 1000
    }
    return groups.joined(separator: "/")
  }

  private static func threeDigits(_ number: Int64) -> String {
    String(String(1000 + number).dropFirst())
  }

  /// Reads a path without a full check, so the function also accepts some paths that are not valid.
  ///
  /// The caller must compare the path of the result with the given path.
  private static func parse(_ path: [UInt8]) -> Tile? {
    var parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
    guard parts.popFirst()?.elementsEqual("tile".utf8) == true, let name = parts.popFirst(),
      let content = content(named: name)
    else { return nil }
    var width = maximumWidth
    if let stated = parts.last, parts.dropLast().last?.suffix(2).elementsEqual(partialMark) == true {
      guard let number = Int64(plainDecimal: stated), number < maximumWidth else { return nil }
      width = Int(number)
      parts = parts.dropLast()
      if let last = parts.popLast() { parts.append(last.dropLast(2)) }
    }
    let digits = parts.joined().filter { $0 != UInt8(ascii: "x") }
    guard let index = Int64(String(decoding: digits, as: UTF8.self)) else { return nil }
    return Tile(content, index: index, width: width)
  }

  private static func content(named name: ArraySlice<UInt8>) -> Content? {
    if name.elementsEqual(entriesName.utf8) { return .entries }
    return Int64(plainDecimal: name).flatMap { $0 <= maximumLevel ? .hashes(level: Int($0)) : nil }
  }
}
