/// What the help of several commands says about expressions.
enum FilterHelp {
  /// Expressions about events.
  static let events = """

    An expression compares fields and joins comparisons by and, or, not and parentheses:

      agent == "MM_01" and kind == "fill" and quantity > 100

      kind in ("order", "cancel") and not (tick < 500 or latency >= 5ms)

    Fields are those that cat prints, and kind, tick, time, sequence, cause, payload and agents. \
    Relations are == != < <= > >= in contains. A field that an event does not have makes a \
    comparison false, with != too; so not (price == 1) also holds for events without a price. \
    The field agent of a fill is who took; agents contains "MM_01" is any agent of an event.

    Kinds have short names beside those that cat prints: wake order cancel replace message \
    transfer; for what came of them accepted rejected fill cancelled replaced transferred report \
    delivery; then step policy intervention note withheld faulted; of agents that learn choice \
    episode learned saved.

    Values are written as cat prints them: prices and money as decimals, words such as buy, \
    limit or yes with or without quotes. Durations, and time since the session's origin, have a \
    unit: 5ms. none is no agent, topic or cause, never no time. payload contains "text" looks \
    into what messages carry.
    """

  /// Conditions on the state.
  static let state = """
    A CONDITION is such an expression with paths of the state for fields:

      agents.MM_01.inventory < -50 and books.STOCK.bids.0.price >= 99.50

    \(paths) A comparison with a value that is not there, such as the price of an empty side, is \
    false. Parts of a path that are no plain names stand in quotes: agents."Desk 1".cash.
    """

  /// The paths of the state.
  static let paths = """
    Paths are those that show prints. agents.NAME.inventory is the one there is where there is \
    one instrument, else write agents.NAME.positions.INSTRUMENT. A level has a price, a quantity \
    and orders: books.STOCK.asks.0.price.
    """
}
