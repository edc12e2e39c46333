package import Hummingbird
package import Logging
package import ReflogModel
package import ReflogService

/// Reflog over HTTP: the Graph surface, the history surface, and the doors that need no key.
package struct ReflogAPI: Sendable {
  let changes: ChangeService
  let history: HistoryService
  let authentication: Authentication
  let directory: DirectoryKind
  let isReady: @Sendable () -> Bool
  let logger: Logger

  package init(
    changes: ChangeService,
    history: HistoryService,
    authentication: Authentication,
    directory: DirectoryKind,
    isReady: @escaping @Sendable () -> Bool,
    logger: Logger
  ) {
    self.changes = changes
    self.history = history
    self.authentication = authentication
    self.directory = directory
    self.isReady = isReady
    self.logger = logger
  }

  /// Answers every request: the path is made canonical, then routed.
  package func buildResponder() -> some HTTPResponder<ReflogRequestContext> {
    FrontDoor(inner: buildRouter().buildResponder(), logger: logger)
  }

  func buildRouter() -> Router<ReflogRequestContext> {
    let router = Router(
      context: ReflogRequestContext.self,
      options: [.caseInsensitive, .autoGenerateHeadEndpoints]
    )
    router.add(middleware: ErrorMiddleware(logger: logger))
    HomeController(directory: directory).addRoutes(to: router)
    HealthController(isReady: isReady).addRoutes(to: router)
    // From here on, and wherever no route leads, only proven callers.
    router.add(middleware: AuthenticationMiddleware(authentication: authentication))
    let versioned = router.group("/:version")
      .add(middleware: ReaderMiddleware())
      .add(middleware: VersionMiddleware())
      .add(middleware: IdempotencyMiddleware())
    ReferenceController(changes: changes).addRoutes(to: versioned)
    FlowController(changes: changes).addRoutes(to: versioned)
    ConnectorController(changes: changes).addRoutes(to: versioned)
    ChangeController(changes: changes, history: history).addRoutes(to: versioned)
    ConfigurationController(history: history).addRoutes(to: versioned)
    StatusController(history: history).addRoutes(to: versioned)
    return router
  }
}
