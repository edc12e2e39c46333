// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "reflog",
  products: [
    .executable(name: "reflog", targets: ["reflog"])
  ],
  traits: [
    .trait(name: "PostgreSQL", description: "Keeps the ledger in PostgreSQL instead of a SQLite file. Needs libpq.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
  ],
  targets: [
    // Every arrow points down; ReflogModel, at the bottom, depends on nothing but what hashes and signs.
    .target(name: "ReflogModel", dependencies: [.product(name: "Crypto", package: "swift-crypto")]),
    .target(
      name: "ReflogMigrations",
      path: "migrations",
      resources: [
        .embedInCode("directory-0001-flows.sql"),
        .embedInCode("ledger-0001-changes.sql"),
        .embedInCode("postgresql-0001-changes.sql"),
        .embedInCode("postgresql-0002-reasons.sql"),
        .embedInCode("postgresql-schema.txt"),
        .embedInCode("tokens-0001-tokens.sql"),
      ]
    ),
    .target(name: "CStorage", linkerSettings: [.linkedLibrary("sqlite3")]),
    .target(
      name: "ReflogStorage",
      dependencies: [
        "CStorage",
        "ReflogMigrations",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]
    ),
    .target(
      name: "ReflogLedger",
      dependencies: [
        "ReflogModel",
        "ReflogStorage",
        .product(name: "Crypto", package: "swift-crypto"),
      ]
    ),
    // SwiftPM builds every target of this package, also with the trait off, and the manifest can't read the traits. So
    // each Swift file of ReflogPostgreSQL and of its tests is inside `#if PostgreSQL`, and CLibpq is a dependency only
    // with the trait: without the trait, SwiftPM does not search for libpq, and no program links it.
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(
      name: "ReflogPostgreSQL",
      dependencies: [
        .target(name: "CLibpq", condition: .when(traits: ["PostgreSQL"])),
        "CStorage",
        "ReflogLedger",
        "ReflogMigrations",
        "ReflogModel",
        "ReflogStorage",
        .product(name: "DequeModule", package: "swift-collections"),
      ]
    ),
    .target(
      name: "ReflogDirectory",
      dependencies: [
        "ReflogModel",
        "ReflogStorage",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]
    ),
    .target(
      name: "ReflogService",
      dependencies: [
        "ReflogLedger",
        "ReflogModel",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]
    ),
    .target(
      name: "ReflogWeb",
      dependencies: [
        "ReflogModel",
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [
        "actor.mustache", "actor-name.mustache", "arrow.mustache", "attribution.mustache", "change.mustache",
        "conditions.mustache", "connector.mustache", "connectors.mustache", "differences.mustache",
        "evidence.mustache", "export.mustache", "filter.mustache", "flow.mustache", "flows.mustache",
        "freezes.mustache", "froze.mustache", "frozen.mustache", "integrity.mustache", "message.mustache",
        "move.mustache", "page.mustache", "period.mustache", "redirect.mustache", "reference.mustache",
        "reflog.css", "reflog.js", "rollback.mustache", "row.mustache", "sign-in.mustache", "time-forms.mustache",
        "time-input.mustache", "time-rollback-freezes.mustache", "time-rollback-form.mustache",
        "time-rollback-plan.mustache", "time-rollback-progress.mustache", "time-rollback-steps.mustache",
        "timeline.mustache",
      ].map { .embedInCode("Templates/\($0)") }
    ),
    // What history looks like outside: no HTTP, no database.
    .target(name: "ReflogFormats", dependencies: ["ReflogModel"]),
    // The pack for auditors: its files, its ZIP format, and the program in Python that checks it.
    .target(
      name: "ReflogEvidence",
      dependencies: ["ReflogFormats", "ReflogModel", "ReflogService"],
      resources: [.embedInCode("verify.py"), .embedInCode("verify_log.py")]
    ),
    .target(
      name: "ReflogWebhooks",
      dependencies: [
        "ReflogFormats",
        "ReflogModel",
        "ReflogService",
        "ReflogStorage",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]
    ),
    .target(
      name: "ReflogHTTP",
      dependencies: [
        "ReflogEvidence",
        "ReflogFormats",
        "ReflogModel",
        "ReflogService",
        "ReflogStorage",
        "ReflogWeb",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
      ]
    ),
    .executableTarget(
      name: "reflog",
      dependencies: [
        "ReflogDirectory",
        "ReflogEvidence",
        "ReflogFormats",
        "ReflogHTTP",
        "ReflogLedger",
        "ReflogModel",
        .target(name: "ReflogPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
        "ReflogService",
        "ReflogStorage",
        "ReflogWebhooks",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCertificateReloading", package: "swift-nio-extras"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]
    ),
    .target(
      name: "ReflogTesting",
      dependencies: [
        "ReflogLedger", "ReflogModel",
        .target(name: "ReflogPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
        "ReflogService", "ReflogStorage",
      ],
      path: "Tests/ReflogTesting"
    ),
    // Makes large ledgers to measure with; tools/generate runs it.
    .executableTarget(
      name: "ReflogGenerate",
      dependencies: [
        "ReflogDirectory", "ReflogLedger", "ReflogModel", "ReflogStorage", "ReflogTesting",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/ReflogGenerate"
    ),
    // Answers 204 and records nothing; tools/bench peers measures it beside Reflog.
    .executableTarget(
      name: "ReflogBare",
      dependencies: [
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      path: "Tests/ReflogBare"
    ),
    .testTarget(name: "ReflogModelTests", dependencies: ["ReflogModel"]),
    .testTarget(
      name: "ReflogStorageTests",
      dependencies: [
        "ReflogMigrations", "ReflogStorage", "ReflogTesting",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ]
    ),
    .testTarget(
      name: "ReflogLedgerTests",
      dependencies: [
        "ReflogLedger", "ReflogTesting",
        .target(name: "ReflogPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
      ]
    ),
    .testTarget(
      name: "ReflogPostgreSQLTests",
      dependencies: [
        "ReflogLedger", "ReflogStorage",
        .target(name: "ReflogPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
      ]
    ),
    .testTarget(
      name: "ReflogDirectoryTests",
      dependencies: [
        "ReflogDirectory", "ReflogTesting",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]
    ),
    .testTarget(
      name: "ReflogServiceTests",
      dependencies: [
        "ReflogDirectory", "ReflogService", "ReflogTesting",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
      ]
    ),
    .testTarget(name: "ReflogWebTests", dependencies: ["ReflogModel", "ReflogTesting", "ReflogWeb"]),
    .testTarget(name: "ReflogFormatsTests", dependencies: ["ReflogFormats", "ReflogTesting"]),
    .testTarget(name: "ReflogEvidenceTests", dependencies: ["ReflogEvidence", "ReflogModel", "ReflogTesting"]),
    .testTarget(
      name: "ReflogWebhooksTests",
      dependencies: [
        "ReflogFormats", "ReflogLedger", "ReflogModel", "ReflogService", "ReflogStorage", "ReflogTesting",
        "ReflogWebhooks",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCertificateReloading", package: "swift-nio-extras"),
      ]
    ),
    .testTarget(
      name: "ReflogHTTPTests",
      dependencies: [
        "ReflogHTTP", "ReflogTesting",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
      ]
    ),
    .testTarget(
      name: "ReflogCommandTests",
      dependencies: [
        "ReflogModel", "ReflogService", "ReflogTesting", "reflog",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
      ]
    ),
  ]
)

for target in package.targets where !["CLibpq", "CStorage"].contains(target.name) {
  var settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
  ]
  if !target.isTest { settings.append(.enableUpcomingFeature("InternalImportsByDefault")) }
  if !target.isTest {
    // tools/docs needs the symbol graphs. Only the compiler can write them completely: `swift package dump-symbol-graph`
    // does not see package types of other modules. tools/lib.sh sets BUILD_FOLDER for the build with PostgreSQL.
    let folder = Context.environment["BUILD_FOLDER"] ?? "\(Context.packageDirectory)/.build"
    let graphs = ["-emit-symbol-graph", "-emit-symbol-graph-dir", "\(folder)/symbol-graphs"]
    settings.append(
      .unsafeFlags(graphs + ["-symbol-graph-minimum-access-level", "package"], .when(configuration: .debug))
    )
  }
  target.swiftSettings = settings
}
