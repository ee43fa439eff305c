// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "brownout",
    products: [.executable(name: "brownout", targets: ["brownout"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibevent", pkgConfig: "libevent", providers: [.apt(["libevent-dev"])]),
        .target(name: "Units", swiftSettings: strict),
        .target(name: "Markup", swiftSettings: strict),
        .target(name: "EventLoop", dependencies: ["CLibevent", "Units"], swiftSettings: strict),
        .target(name: "HTTP1", dependencies: ["Units"], swiftSettings: strict),
        .target(name: "Scenario", dependencies: ["Units", "Yams"], swiftSettings: strict),
        .target(name: "Faults", dependencies: ["Units", "Scenario"], swiftSettings: strict),
        .target(name: "Observation", dependencies: ["Units", "Markup", "Scenario"], swiftSettings: strict),
        .target(
            name: "Proxy",
            dependencies: [
                "EventLoop", "HTTP1", "Faults", "Observation", "Scenario", "Units",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Control",
            dependencies: [
                "Proxy", "Faults", "Observation", "Scenario", "EventLoop", "HTTP1", "Units",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Demo", dependencies: ["EventLoop", "HTTP1", "Units"],
            resources: [.embedInCode("Resources/brownout-11m.yaml")], swiftSettings: strict),
        .target(name: "Planning", dependencies: ["Scenario", "Faults", "Markup", "Units"], swiftSettings: strict),
        .target(
            name: "Remote", dependencies: ["Control", "EventLoop", "HTTP1", "Observation", "Scenario", "Units"],
            swiftSettings: strict),
        .executableTarget(
            name: "brownout",
            dependencies: [
                "Control", "Demo", "Planning", "Remote", "Proxy", "Faults", "Observation", "Scenario", "EventLoop",
                "Units",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(name: "TestSupport", dependencies: ["Units"], path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "UnitsTests", dependencies: ["Units"], swiftSettings: strict),
        .testTarget(
            name: "EventLoopTests", dependencies: ["EventLoop", "TestSupport", "Units"], swiftSettings: strict),
        .testTarget(name: "HTTP1Tests", dependencies: ["HTTP1", "Units"], swiftSettings: strict),
        .testTarget(
            name: "ScenarioTests", dependencies: ["Scenario", "Faults", "TestSupport", "Units"], swiftSettings: strict),
        .testTarget(name: "FaultsTests", dependencies: ["Faults", "Scenario", "Units"], swiftSettings: strict),
        .testTarget(
            name: "ObservationTests", dependencies: ["Observation", "Scenario", "Units"], swiftSettings: strict),
        .testTarget(
            name: "DemoTests", dependencies: ["Demo", "EventLoop", "TestSupport", "Units"], swiftSettings: strict),
        .testTarget(
            name: "PlanningTests", dependencies: ["Planning", "Faults", "Scenario", "Units"], exclude: ["Snapshots"],
            swiftSettings: strict),
        .testTarget(
            name: "RemoteTests",
            dependencies: ["Remote", "Control", "EventLoop", "Observation", "Scenario", "TestSupport", "Units"],
            exclude: ["Snapshots"], swiftSettings: strict),
        .testTarget(
            name: "ProxyTests",
            dependencies: ["Proxy", "Faults", "Scenario", "Observation", "EventLoop", "HTTP1", "TestSupport", "Units"],
            swiftSettings: strict),
        .testTarget(
            name: "ControlTests",
            dependencies: [
                "Control", "Proxy", "Faults", "Scenario", "Observation", "EventLoop", "TestSupport", "Units",
                "brownout",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["TestSupport", "brownout", "Units", "Scenario", "Faults", "Observation", "Proxy"],
            swiftSettings: strict),
        .testTarget(name: "HouseTests", dependencies: ["Faults", "Scenario"], swiftSettings: strict),
    ]
)
