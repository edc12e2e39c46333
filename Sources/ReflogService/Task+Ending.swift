import ServiceLifecycle

extension Task where Success == Never, Failure == Never {
  /// Whether background work must end: the service shuts down gracefully, or another part of the process failed.
  ///
  /// Work that ends for this reason is not tried again.
  static var isEnding: Bool { isShuttingDownGracefully || isCancelled }
}
