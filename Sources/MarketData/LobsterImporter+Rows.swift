internal import MarketModel

extension LobsterImporter {
  /// Reads one row of each file and turns it into facts; returns false at the end.
  mutating func importRow() throws(ImportError) -> Bool {
    guard try files.nextRow() else { return false }
    let line = files.line
    let unit = options.priceUnitsPerIncrement
    let message = try LobsterMessage(
      files.message, file: files.messageFile, line: line, unit: unit)
    if summary.rows > 0, message.time < previousTime {
      throw .timeWentBackwards(
        ImportPlace(file: files.messageFile, line: line, column: 1), previous: previousTime,
        found: message.time)
    }
    if let levelCount, let file = files.orderbookFile {
      try bookRow.parse(files.bookRow, file: file, line: line, levelCount: levelCount, unit: unit)
    }
    previousTime = message.time
    let isSeed = levelCount != nil && summary.rows == 0
    summary.rows += 1
    summary.count(type: message.type)
    if message.hasTruncatedTime { summary.truncatedTimes += 1 }
    if isSeed {
      seed()
    } else {
      let expectations = levelCount.map { levelCount in
        Side.allCases.map { side in
          LobsterExpectation(book.levels(side), side, message, levelCount: levelCount)
        }
      }
      try fold(message)
      if let expectations {
        compare(expectations)
        synchronise()
      }
    }
    #if InvariantChecks
    book.checkInvariants()
    #endif
    return true
  }

  /// Opens the book as the row shows it; the message of that row is part of it already.
  private mutating func seed() {
    summary.seedRows = 1
    for side in Side.allCases {
      for level in bookRow[side] {
        reveal(side, level.price, level.quantity) { .levelSeeded($0) }
      }
    }
  }

  private mutating func compare(_ expectations: [LobsterExpectation]) {
    var found: [LobsterDisagreement] = []
    var isTopExplained = true
    for (side, expectation) in zip(Side.allCases, expectations) {
      found += expectation.disagreements(with: bookRow[side]).map { difference in
        LobsterDisagreement(
          row: summary.rows - 1, side: side, price: difference.price, expected: difference.left,
          found: difference.right)
      }
      isTopExplained = isTopExplained && expectation.explainsTop(of: bookRow[side])
    }
    summary.transitions += 1
    if found.isEmpty { summary.explained += 1 }
    if isTopExplained { summary.explainedOnTopLevels += 1 }
    summary.add(found)
  }

  /// Conceals and reveals whatever makes the folded book differ from the row.
  private mutating func synchronise() {
    let differences = Side.allCases.map { side in
      LevelDifference.between(book.levels(side), bookRow[side], side)
    }
    for (side, differences) in zip(Side.allCases, differences) {
      for difference in differences where difference.left > 0 {
        let shown = book.conceal(side, difference.price)
        precondition(shown == difference.left, "Invariant: the book holds what was compared")
        summary.concealed += 1
        append(.levelConcealed(level(side, difference.price, difference.left)))
      }
    }
    for (side, differences) in zip(Side.allCases, differences) {
      for difference in differences where difference.right > 0 {
        summary.revealed += 1
        reveal(side, difference.price, difference.right) { .levelRevealed($0) }
      }
    }
  }

  private mutating func reveal(
    _ side: Side, _ price: PriceIncrements, _ quantity: Lots, _ event: (LevelObserved) -> Event
  ) {
    let isNew = book.reveal(side, price, quantity)
    precondition(isNew, "Invariant: a level enters only where there is none")
    append(event(level(side, price, quantity)))
  }

  private func level(
    _ side: Side, _ price: PriceIncrements, _ quantity: Lots
  ) -> LevelObserved {
    LevelObserved(
      fact: nextFact, instrument: options.instrument, side: side, price: price, quantity: quantity)
  }
}
