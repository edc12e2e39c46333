import Foundation
import GRDB
import GRDBSQLite

/// The space of b-tree pages that holds no cell (sqlite.org/fileformat2, §1.6), where copies of cells may still stand.
///
/// `secure_delete` zeroes a cell that is deleted, but where a page was split before, SQLite leaves the bytes of the cells that
/// moved to the other page: so a copy of what is deleted later may stand in a page that never says so.
struct UnallocatedSpace {
  /// Pages read at a time.
  private static let pagesRead = 256

  private let file: UnsafeMutablePointer<sqlite3_file>
  private let methods: sqlite3_io_methods
  private let pageSize: Int
  private let usableSize: Int

  /// The file of a connection, by SQLite's own descriptor: to close another one of the same file would take SQLite's locks away.
  init(_ db: Database) throws {
    var pointer: UnsafeMutablePointer<sqlite3_file>?
    let code = withUnsafeMutablePointer(to: &pointer) {
      sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, $0)
    }
    guard code == SQLITE_OK, let pointer, let methods = pointer.pointee.pMethods?.pointee else {
      throw StorageError.failed("SQLite does not hand out its file")
    }
    file = pointer
    self.methods = methods
    pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
    var header = [UInt8](repeating: 0, count: 100)
    guard methods.xRead(file, &header, 100, 0) == SQLITE_OK else {
      throw StorageError.failed("its header can't be read")
    }
    usableSize = pageSize - Int(header[20])
  }

  /// Zeroes it in these pages, the first being 1. When this returns, that is on disk.
  ///
  /// Call it on the connection that writes while the WAL is empty, nothing of the pages is in its memory, and no transaction is
  /// open. What SQLite makes of the file is the same before and after, wherever a crash interrupts it.
  func zero(_ pages: Range<Int>, _ db: Database) throws {
    let end = min(pages.upperBound, (try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0) + 1)
    var (next, map) = (pages.lowerBound, try mapAhead(of: pages.lowerBound))
    while next < end {
      let count = min(Self.pagesRead, end - next)
      var bytes = try read(page: next, count: count)
      for index in 0..<count {
        let page = next + index
        if isMap(page) { map = Array(bytes[index * pageSize..<(index + 1) * pageSize]) }
        guard page == 1 || (!isMap(page) && isTree(page, map)) else { continue }
        try zero(page, &bytes, from: index * pageSize)
      }
      next += count
    }
    guard methods.xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK else { throw StorageError.failed("it can't be flushed") }
  }

  /// The pointer map page that speaks of a page; none of the first two.
  private func mapAhead(of page: Int) throws -> [UInt8] { page > 2 ? try read(page: mapPage(of: page), count: 1) : [] }

  private func zero(_ page: Int, _ bytes: inout [UInt8], from start: Int) throws {
    let header = start + (page == 1 ? 100 : 0)
    let isInner = bytes[header] == 2 || bytes[header] == 5
    guard isInner || bytes[header] == 10 || bytes[header] == 13 else { return }
    let cells = number(bytes, header + 3)
    let content = number(bytes, header + 5)
    let gap = header + (isInner ? 12 : 8) + 2 * cells..<start + (content == 0 ? 65_536 : content)
    guard gap.lowerBound < gap.upperBound, gap.upperBound <= start + usableSize else { return }
    guard bytes[gap].contains(where: { $0 != 0 }) else { return }
    let zeroes = [UInt8](repeating: 0, count: gap.count)
    let place = Int64(page - 1) * Int64(pageSize) + Int64(gap.lowerBound - start)
    guard methods.xWrite(file, zeroes, Int32(gap.count), place) == SQLITE_OK else {
      throw StorageError.failed("page \(page) can't be written")
    }
  }

  private func read(page: Int, count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count * pageSize)
    guard methods.xRead(file, &bytes, Int32(bytes.count), Int64(page - 1) * Int64(pageSize)) == SQLITE_OK else {
      throw StorageError.failed("page \(page) can't be read")
    }
    return bytes
  }

  /// How many pages a pointer map page speaks of, itself included (§1.8).
  private var mapSpan: Int { usableSize / 5 + 1 }

  /// Behind this byte SQLite keeps its locks, and a page that is never used.
  private var lockPage: Int { 0x4000_0000 / pageSize + 1 }

  private func mapPage(of page: Int) -> Int {
    let map = (page - 2) / mapSpan * mapSpan + 2
    return map == lockPage ? map + 1 : map
  }

  private func isMap(_ page: Int) -> Bool { page >= 2 && mapPage(of: page) == page }

  /// Whether the pointer map says that a page is one of a b-tree: a root, or below one.
  private func isTree(_ page: Int, _ map: [UInt8]) -> Bool {
    let entry = 5 * (page - mapPage(of: page) - 1)
    guard page != lockPage, map.indices.contains(entry) else { return false }
    return map[entry] == 1 || map[entry] == 5
  }

  private func number(_ bytes: [UInt8], _ index: Int) -> Int { Int(bytes[index]) << 8 | Int(bytes[index + 1]) }
}
