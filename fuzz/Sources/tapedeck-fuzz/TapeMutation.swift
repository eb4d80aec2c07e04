import Journal
import MarketModel

/// Mutations of a tape: of its bytes, its frames, their payloads, their events.
enum TapeMutation {
  /// `events` of sixteen mutations are of single events, one in sixteen repairs nothing.
  static func mutate(
    _ input: [UInt8], _ random: inout Numbers, _ capacity: Int, events: Int
  ) -> [UInt8] {
    guard var image = TapeImage(input), !random.once(in: 16) else {
      return random.bytes(input, capacity)
    }
    repeat { change(&image, &random, events) } while random.once(in: 4)
    return image.bytes
  }

  static func change(_ image: inout TapeImage, _ random: inout Numbers, _ events: Int) {
    if random.below(16) < events, EventMutation.mutate(&image, &random) { return }
    let index = random.below(image.frames.count)
    switch random.below(12) {
    case 0 where index > 0: image.frames.remove(at: index)
    case 1 where index > 0: image.frames.insert(image.frames[index], at: index)
    case 2 where index > 0:
      image.frames.swapAt(index, 1 + random.below(image.frames.count - 1))
    case 3:
      let deltas: [UInt32] = [1, .max, 2, 128, 16_384]
      image.frames[index].count &+= random.pick(deltas)
    case 4: image.frames[index].firstTick &+= random.pick([1, -1, 1000, 1 << 62])
    case 5: image.frames[0].firstSequence = random.pick([0, 1, 1 << 20, 1 << 62])
    case 6: image.frames[index].isPacked.toggle()
    case 7: image.frames[index].kind = UInt8(1 + random.below(4))
    default:
      image.frames[index].raw = random.bytes(image.frames[index].raw, 1 << 20)
    }
  }
}

/// Mutations of the events in a frame, which stay what an encoder may write.
enum EventMutation {
  private static let values: [Int64] = [
    0, 1, -1, 2, 7, 128, 65_535, 1 << 20, Int64(Int32.max), 1 << 32, 1 << 50, 1 << 62, .max, .min,
  ]

  /// Mutates one frame of events; false where there is none that can be read.
  static func mutate(_ image: inout TapeImage, _ random: inout Numbers) -> Bool {
    guard let reader = try? JournalReader(MemorySource(image.bytes)), !reader.eventEntries.isEmpty
    else { return false }
    let entry = random.pick(reader.eventEntries)
    guard let frame = try? reader.frame(entry) else { return false }
    var records: [EventRecord] = []
    for case .known(let record) in frame.events { records.append(record) }
    if records.isEmpty || records.count < frame.events.count { return false }
    repeat { change(&records, &random) } while random.once(in: 2)
    if records.isEmpty { return false }
    let written = write(records, frame, reader.genesis)
    guard let other = TapeImage(written)?.frames.last(where: { $0.kind == 3 }) else { return false }
    image.frames[Int(entry.header.index)] = other
    return true
  }

  private static func change(_ records: inout [EventRecord], _ random: inout Numbers) {
    if records.isEmpty { return }
    let index = random.below(records.count)
    switch random.below(8) {
    case 0: records.remove(at: index)
    case 1: records.insert(records[index], at: index)
    case 2:
      let other = random.below(records.count)
      let event = records[index].event
      records[index].event = records[other].event
      records[other].event = event
    case 3: records[index].event = random.pick(records).event
    case 4: records[index].cause = random.once(in: 2) ? nil : Int64(random.below(64))
    case 5: records[index].time += random.pick([0, 1, 1000, 1_000_000_000])
    default: changeField(&records[index], &random, records)
    }
  }

  private static func changeField(
    _ record: inout EventRecord, _ random: inout Numbers, _ records: [EventRecord]
  ) {
    var row = record.event.row
    let count = EventSchema.of(record.event.kind).fields.count
    if row.payload.count > 0, random.once(in: 2) {
      row.payload = random.bytes(row.payload, row.payload.count + 64)
    } else if count > 0 {
      let field = random.below(count)
      switch random.below(3) {
      case 0: row.words[field] = random.pick(values)
      case 1: row.words[field] &+= random.pick([1, -1, 2, -2, 100, -100])
      default: row.words[field] = random.pick(records).event.row.words[random.below(16)]
      }
    }
    if let event = try? Event(row) { record.event = event }
  }

  /// Writes a frame with those events; what an encoder forbids is put right.
  private static func write(
    _ records: [EventRecord], _ frame: EventFrame, _ genesis: Genesis
  ) -> [UInt8] {
    var encoder = JournalEncoder(
      genesis: genesis, firstSequence: frame.firstSequence, usesCompression: false)
    var time = records[0].time
    for record in records.prefix(Limits.maximumFrameEvents) {
      var record = record
      time = min(max(time, record.time), Limits.maximumTime)
      record.time = time
      if let cause = record.cause, cause >= encoder.nextSequence { record.cause = nil }
      encoder.append(record)
    }
    encoder.endFrame(frame.digests)
    return encoder.output
  }
}
