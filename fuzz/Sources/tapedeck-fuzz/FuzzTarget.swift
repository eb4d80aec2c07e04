/// What is fuzzed.
enum FuzzTarget: String, CaseIterable {
  /// A whole tape: scanned, read, decoded, written again.
  case tape
  /// The payload of one events frame.
  case events
  /// A genesis, a seal, a watermark, a side file of unfinished events.
  case sides
  /// A watermark and a tape: what is cut, what is kept, what can be saved.
  case recovery
  /// A scenario file.
  case scenario
  /// LOBSTER messages, and an orderbook perhaps.
  case lobster
  /// Event tables, CSV and JSON lines.
  case table
  /// An encoded state.
  case state
  /// A tape, folded and verified.
  case fold

  /// What one input may have alive at once, in bytes: 16 MiB.
  ///
  /// The tree of a TOML document takes up to 56 bytes for each byte of the text, so that scenario
  /// files of more than 256 KiB may take more.
  func memoryLimit(for input: [UInt8]) -> Int {
    max(16 << 20, self == .scenario ? 64 * input.count : 0)
  }

  /// Runs one input through it.
  func run(_ input: [UInt8]) {
    switch self {
    case .tape: TapeTarget.run(input)
    case .events: EventsTarget.run(input)
    case .sides: SidesTarget.run(input)
    case .recovery: RecoveryTarget.run(input)
    case .scenario: ScenarioTarget.run(input)
    case .lobster: LobsterTarget.run(input)
    case .table: TableTarget.run(input)
    case .state: StateTarget.run(input)
    case .fold: FoldTarget.run(input)
    }
  }

  /// Returns another input near this one; it may be longer than libFuzzer takes.
  func mutate(_ input: [UInt8], _ numbers: inout Numbers, capacity: Int) -> [UInt8] {
    switch self {
    case .tape: TapeMutation.mutate(input, &numbers, capacity, events: 3)
    case .fold: TapeMutation.mutate(input, &numbers, capacity, events: 8)
    case .events: EventsTarget.mutate(input, &numbers, capacity)
    case .sides: SidesTarget.mutate(input, &numbers, capacity)
    case .recovery: RecoveryTarget.mutate(input, &numbers, capacity)
    case .scenario, .lobster, .table: TextMutation.mutate(input, &numbers, capacity)
    case .state: numbers.bytes(input, capacity)
    }
  }
}
