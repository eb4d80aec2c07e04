/// The two files of a LOBSTER sample, read in step.
struct LobsterFiles: ~Copyable {
  let messageFile: String
  let orderbookFile: String?
  private var messages: TextSource
  private var orderbook: TextSource?
  /// The current line of the message file.
  private(set) var message: [UInt8] = []
  /// The current line of the orderbook file; empty where there is none.
  private(set) var bookRow: [UInt8] = []
  private var isKept = false

  init(messages: String, orderbook: String?) throws(ImportError) {
    // Nothing is assigned before everything is open: a half-made value could not be destroyed.
    let messageSource = try TextSource(messages)
    var orderbookSource: TextSource?
    if let orderbook { orderbookSource = try TextSource(orderbook) }
    messageFile = messages
    orderbookFile = orderbook
    self.messages = messageSource
    self.orderbook = orderbookSource
  }

  /// The number of the current line, from 1.
  var line: Int { messages.lineCount }

  /// Makes the next call of `nextRow` stay at this row.
  mutating func keepRow() { isKept = true }

  /// Moves to the next row of both files; returns false at the end of both.
  mutating func nextRow() throws(ImportError) -> Bool {
    if isKept {
      isKept = false
      return true
    }
    let isRead = try messages.readLine(into: &message)
    guard let orderbookFile else { return isRead }
    let isShown = try orderbook?.readLine(into: &bookRow) ?? false
    guard isRead == isShown else {
      if messages.lineCount == 0 { throw .emptyFile(file: messageFile) }
      if isRead, messages.lineCount == 1 { throw .emptyFile(file: orderbookFile) }
      let shorter = isRead ? orderbookFile : messageFile
      throw .lengthsDiffer(
        shorter: shorter, rowCount: isRead ? line - 1 : line,
        longer: isRead ? messageFile : orderbookFile)
    }
    return isRead
  }
}
