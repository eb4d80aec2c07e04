// swift-tools-version: 6.2
// One target per room; a room imports only rooms above it (ARCHITECTURE.md has the table).
import PackageDescription

let common: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]
let library = common + [.strictMemorySafety()]
/// Most tests are not optimised in release either.
///
/// What is tested there are the rooms, which are. It takes half of the time off the compiling of tests, and puts much
/// less on their run.
let testing = common + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

/// `MarketCopyTests` watches for what the optimiser was seen to do, so it stays as callers are built.
let optimised = ["Market"]

/// Rooms that hold no invariant to check after an event, and whole command lines: `tools/test` leaves their tests
/// out of its debug build, and runs them in release.
let testedInRelease = [
  "Journal", "JournalFiles", "MarketData", "Networks", "Learners", "Training", "Scenarios",
  "Reports", "Filters", "ProcessAgents", "TapedeckCommand",
].map { "\($0)Tests" }
let leavesOut = Context.environment["TAPEDECK_TESTS"] == "invariants" ? testedInRelease : []

/// A room and the tests that mirror it.
func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], tests: [Target.Dependency] = []
) -> [Target] {
  [
    .target(name: name, dependencies: dependencies, swiftSettings: library),
    .testTarget(
      name: "\(name)Tests",
      dependencies: [.init(stringLiteral: name), "TestSupport"] + dependencies + tests,
      swiftSettings: optimised.contains(name) ? common : testing),
  ]
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "tapedeck",
  products: [
    .executable(name: "tapedeck", targets: ["tapedeck"]),
    .library(name: "Agents", targets: ["Agents", "MarketModel"]),
    .library(name: "TapedeckCommand", targets: ["TapedeckCommand"]),
    .library(name: "TapedeckABI", type: .dynamic, targets: ["TapedeckABI"]),
    // Everything that reads bytes from outside, for the campaigns in `fuzz`.
    .library(
      name: "Readers",
      targets: [
        "Determinism", "MarketModel", "Journal", "Agents", "Session", "Replay", "MarketData",
        "Scenarios",
      ]),
  ],
  traits: [.trait(name: "InvariantChecks", description: "Check invariants while events fold.")],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    [
      .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
      .systemLibrary(
        name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
      .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
      .target(name: "CKernels"),
      .target(name: "CSpawn"),
      .target(name: "CToml"),
      .target(name: "CTapedeck"),
      .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: testing),
      .target(
        name: "DiskSupport", dependencies: ["JournalFiles", "TestSupport"],
        path: "Tests/DiskSupport", swiftSettings: testing),
      .target(
        name: "SessionSupport",
        dependencies: ["Replay", "Journal", "Session", "Agents", "Market", "MarketModel"],
        path: "Tests/SessionSupport", swiftSettings: testing),
    ],
    room("Determinism", ["CKernels"]),
    room("MarketModel"),
    room("Filters", ["MarketModel"]),
    room("Journal", ["MarketModel", "Determinism", "CLZ4"]),
    room("MatchingEngine", ["MarketModel", "Determinism", "CKernels"]),
    room("Market", ["MatchingEngine", "MarketModel", "Determinism"]),
    room("Features", ["MarketModel"]),
    room("Networks", ["Determinism"]),
    room(
      "Agents",
      ["Market", "MatchingEngine", "Features", "Networks", "MarketModel", "Determinism"]),
    room("Learners", ["Networks", "Determinism"]),
    room(
      "Session", ["Agents", "Market", "MatchingEngine", "Filters", "MarketModel", "Determinism"]),
    room(
      "Replay",
      [
        "Journal", "Session", "Agents", "Market", "MatchingEngine", "Filters", "MarketModel",
        "Determinism",
      ], tests: ["SessionSupport"]),
    room(
      "Counterfactual",
      [
        "Replay", "Journal", "Session", "Agents", "Market", "MatchingEngine", "MarketModel",
        "Determinism",
      ], tests: ["SessionSupport"]),
    room(
      "Training",
      [
        "Learners", "Networks", "Counterfactual", "Replay", "Journal", "Session", "Agents",
        "Features", "Market", "MatchingEngine", "MarketModel", "Determinism",
      ], tests: ["SessionSupport"]),
    room(
      "ProcessAgents",
      [
        "Replay", "Journal", "Session", "Agents", "Market", "MatchingEngine",
        "MarketModel", "Determinism", "CSpawn",
      ], tests: ["SessionSupport"]),
    room(
      "JournalFiles", ["Journal", "MarketModel", "Determinism"],
      tests: ["DiskSupport", "Replay", "Session", "Agents", "Market"]),
    room("MarketData", ["MarketModel", "CZlib"]),
    room("Workers"),
    room(
      "Scenarios",
      ["Filters", "Session", "Agents", "Market", "MarketModel", "Determinism", "CToml"]),
    room(
      "Reports",
      ["Replay", "Journal", "Session", "Agents", "Market", "MatchingEngine", "MarketModel"]),
    room(
      "TapedeckCommand",
      [
        "Reports", "Scenarios", "MarketData", "JournalFiles", "Workers", "ProcessAgents",
        "Training", "Learners", "Counterfactual", "Replay", "Journal", "Session", "Agents",
        "Market", "MatchingEngine", "Filters", "MarketModel", "Determinism", "CSQLite",
        argumentParser,
      ], tests: ["DiskSupport"]),
    [
      .target(
        // Every argument is a pointer here: to mark each of them as unsafe would say nothing.
        name: "TapedeckABI",
        dependencies: [
          "CTapedeck", "TapedeckCommand", "Training", "ProcessAgents", "Scenarios", "JournalFiles",
          "Workers",
          "Counterfactual", "Replay", "Journal", "Session", "Agents", "Market", "MarketModel",
          "Determinism",
        ], swiftSettings: common),
      .executableTarget(
        name: "tapedeck", dependencies: ["TapedeckCommand", "Agents"], swiftSettings: library),
    ],
  ].flatMap { $0 }.filter { !leavesOut.contains($0.name) },
  swiftLanguageModes: [.v6], cxxLanguageStandard: .cxx17
)
