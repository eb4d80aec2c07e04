public import MarketModel

/// Turns a LOBSTER message file, with or without its orderbook file, into facts.
///
/// With an orderbook file, row 0 seeds the book, and after all facts of a row the book that they
/// give equals that row of the orderbook file, level for level. A row's facts come in the order:
/// its message, levels that left the window, levels that entered it; bids before asks, best
/// first. Without one there is no window, and every row is a message.
///
/// The number of a fact is `row * 1000 + k`, with the row and the row's facts counted from 0.
/// Times are nanoseconds after midnight. The result is a function of the bytes of the files.
/// Memory is bounded by the window and the live orders.
public struct LobsterImporter: ~Copyable {
  /// The ticker, as the name of the message file says, or that name without suffixes.
  public let ticker: String
  /// The date, where the name says it.
  public let date: String?
  /// The beginning: the one that the name says, or the time of the first row.
  public let startNanoseconds: Nanoseconds
  /// The end, where the name says it.
  public let endNanoseconds: Nanoseconds?
  /// The levels of the window; nil without an orderbook file.
  public let levelCount: Int?
  /// What was read so far.
  public internal(set) var summary = LobsterSummary()

  let options: LobsterOptions
  var files: LobsterFiles
  var book = WindowBook()
  var bookRow = LobsterBookRow()
  var previousTime: Nanoseconds = 0
  /// The facts of the current row.
  var facts: [EventRecord] = []
  private var handedOut = 0
  private var failure: ImportError?

  /// Opens the files and looks at their first rows.
  ///
  /// - Throws: `ImportError`, among them `emptyFile` and `wrongColumnCount`.
  public init(
    messages: String, orderbook: String? = nil, options: LobsterOptions = LobsterOptions()
  ) throws(ImportError) {
    var files = try LobsterFiles(messages: messages, orderbook: orderbook)
    guard try files.nextRow() else { throw .emptyFile(file: messages) }
    files.keepRow()
    let first = try LobsterMessage(
      files.message, file: messages, line: 1, unit: options.priceUnitsPerIncrement)
    let name = LobsterFileName(messages)
    let levels = try Self.levelCount(of: files)
    ticker = name.ticker
    date = name.date
    startNanoseconds = name.startNanoseconds ?? first.time
    endNanoseconds = name.endNanoseconds
    levelCount = levels
    self.options = options
    self.files = files
  }

  /// Returns the next fact, or nil after the last.
  ///
  /// - Throws: `ImportError`; once it has, it throws the same error again.
  /// - Complexity: O(levels) amortised.
  public mutating func next() throws(ImportError) -> EventRecord? {
    if let failure { throw failure }
    while handedOut == facts.count {
      facts.removeAll(keepingCapacity: true)
      handedOut = 0
      do {
        guard try importRow() else { return nil }
      } catch {
        failure = error
        throw error
      }
    }
    handedOut += 1
    return facts[handedOut - 1]
  }

  private static func levelCount(of files: borrowing LobsterFiles) throws(ImportError) -> Int? {
    guard let file = files.orderbookFile else { return nil }
    let place = ImportPlace(file: file, line: 1)
    let columns = FieldCursor.columnCount(of: files.bookRow)
    let most = LobsterBookRow.maximumLevels
    guard columns % 4 == 0, columns <= 4 * most else {
      throw .wrongColumnCount(place, expected: "4 for each of up to \(most) levels", found: columns)
    }
    if let named = LobsterFileName(file).levelCount, named != columns / 4 {
      throw .wrongColumnCount(place, expected: "4 for each of \(named) levels", found: columns)
    }
    return columns / 4
  }
}
