import ServiceLifecycle

extension Task where Success == Never, Failure == Never {
  /// Whether it is time to stop, by a graceful shutdown or because something else in the process failed: whoever works on behind
  /// requests ends then, and tries nothing again.
  static var isEnding: Bool { isShuttingDownGracefully || isCancelled }
}
