import Agents
public import MarketModel

/// A sink that keeps a mailbox up to date and hands everything on to another.
public struct MailSink<Next: EventSink>: EventSink {
  /// Where events go.
  public var next: Next
  /// What occurs to some agents.
  public var mailbox: Mailbox

  /// Wraps a sink.
  public init(_ next: Next, mailbox: Mailbox) {
    self.next = next
    self.mailbox = mailbox
  }

  /// Whether the wrapped sink wants them.
  @inlinable
  public mutating func wantsDigests(before event: EventShape) -> Bool {
    next.wantsDigests(before: event)
  }

  /// Hands them on.
  @inlinable
  public mutating func take(
    _ digests: SessionDigests, before event: EventShape
  ) throws(Next.Failure) { try next.take(digests, before: event) }

  /// Hands the event on, then notes it.
  @inlinable
  public mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Next.Failure) {
    try next.append(record, sequence: sequence)
    if !mailbox.isEmpty { mailbox.note(record.event) }
  }

  /// Hands the event on, then notes it.
  @inlinable
  public mutating func append(
    _ event: inout FlatEvent, sequence: SequenceNumber
  ) throws(Next.Failure) {
    try next.append(&event, sequence: sequence)
    guard !mailbox.isEmpty, let kind = EventKind(rawValue: event.row.kind),
      Mailbox.concerns(kind)
    else { return }
    mailbox.note(event.record.event)
  }
}
