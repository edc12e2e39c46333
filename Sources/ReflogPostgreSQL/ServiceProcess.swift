#if PostgreSQL
import Glibc
import ReflogModel
import ReflogStorage

/// A process that writes, or wrote, a ledger.
struct ServiceProcess: CustomStringConvertible {
  let holder: Int64
  let host: String
  let processID: Int64
  /// The boot id of the host and the PID namespace in which ``processID`` is valid.
  let machine: String
  let started: Timestamp
  /// The time at which the row expires, in microseconds of the database's clock.
  let expires: Int64
  /// Whether the row has expired.
  let isExpired: Bool

  /// The process with the time of its start, for example `process 71 on host web1, started at 2026-…Z,`.
  var description: String { "process \(processID) on host \(host.printable), started at \(started)," }

  /// Whether another process may replace the row: the row has expired, or the process ran on this machine and has
  /// ended.
  var hasEnded: Bool {
    guard !isExpired else { return true }
    guard machine == Self.machine, processID != Int64(getpid()) else { return false }
    return kill(pid_t(clamping: processID), 0) != 0 && errno == ESRCH
  }

  /// Reads the row of the table `service_process`, or returns nil if the table has no row.
  static func found(_ db: any LedgerConnection) throws -> ServiceProcess? {
    try db.first(
      """
      SELECT holder, host, process_id, machine, started, expires,
        expires <= (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
      FROM service_process WHERE id = 1
      """,
      [],
      kept: false
    ) { row in
      ServiceProcess(
        holder: try row.integer(0),
        host: try row.text(1),
        processID: try row.integer(2),
        machine: try row.text(3),
        started: Timestamp(microseconds: try row.integer(4)),
        expires: try row.integer(5),
        isExpired: try row.bool(6)
      )
    }
  }

  /// Returns this process; the times are 0, because the database sets the times.
  static func this(_ holder: Int64) -> ServiceProcess {
    ServiceProcess(
      holder: holder,
      host: hostName,
      processID: Int64(getpid()),
      machine: machine,
      started: Timestamp(microseconds: 0),
      expires: 0,
      isExpired: false
    )
  }

  /// Inserts the row of this process, or replaces the row of `other`.
  ///
  /// The times in the row are from the clock of the database.
  ///
  /// - Parameters:
  ///   - db: The connection.
  ///   - other: The process whose row is replaced. If the value is nil, the row is only inserted, and no row is
  ///     replaced.
  func write(_ db: any LedgerConnection, replacing other: ServiceProcess?) throws {
    try db.execute(
      """
      INSERT INTO service_process (id, holder, host, process_id, machine, started, expires)
      SELECT 1, ?1, ?2, ?3, ?4, now, now + ?5
      FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now) AS clock
      ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, host = excluded.host, process_id = excluded.process_id,
        machine = excluded.machine, started = excluded.started, expires = excluded.expires
      WHERE service_process.holder = ?6
      """,
      [holder, host, processID, machine, WriteLease.duration, other?.holder],
      kept: false
    )
  }

  /// The name of this host.
  private static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The boot id of this host and the PID namespace of this process (proc(5)).
  private static let machine: String = {
    let boot = (try? DurableFile.read("/proc/sys/kernel/random/boot_id")).map { String(decoding: $0, as: UTF8.self) }
    var namespace = [CChar](repeating: 0, count: 128)
    guard let boot, readlink("/proc/self/ns/pid", &namespace, namespace.count - 1) > 0 else {
      // If this data can't be read, the value is random. So no other process has the same value, and no process is
      // treated as ended.
      return "\(UInt64.random(in: .min ... .max))"
    }
    let number = String(decoding: namespace.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "\(boot.prefix { !$0.isNewline }) \(number)"
  }()
}
#endif
