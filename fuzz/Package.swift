// swift-tools-version: 6.2
// libFuzzer campaigns; `tools/fuzz` builds this package with the sanitizers that it needs.
import PackageDescription

let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "tapedeck", path: "..", traits: ["InvariantChecks"])],
  targets: [
    .target(name: "CFuzzer", linkerSettings: [.linkedLibrary("lz4")]),
    .executableTarget(
      name: "tapedeck-fuzz",
      dependencies: ["CFuzzer", .product(name: "Readers", package: "tapedeck")],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error),
        .strictMemorySafety(),
      ],
      // The usual linker, gold, fails on what libFuzzer's runtime asks for.
      linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),
  ],
  swiftLanguageModes: [.v6]
)
