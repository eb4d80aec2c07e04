/// The numbers of a continuous action of a trader that learns, each within -1 to 1; their order and
/// meaning never change, new ones come last.
public enum ContinuousAction: Int, Sendable, CaseIterable {
  /// How far below the middle a bid is kept: 0 to twice the half spread.
  case bidDistance
  /// How far above the middle an ask is kept, likewise.
  case askDistance
  /// Its lots, 0 to twice the quantity; 0 for no bid.
  case bidSize
  /// Those of the ask.
  case askSize
  /// What is bought (above 1/2) or sold (below -1/2) at any price: at 1 the quantity, close to 1/2 a lot.
  case taking
}
