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
  /// What is signalled beside, where it speaks: up (above 1/2) or down (below -1/2), at 1 as strongly as the half
  /// spread.
  case saying

  /// How many numbers an action has, of who speaks or does not.
  public static func count(speaks: Bool) -> Int { allCases.count - (speaks ? 0 : 1) }

  /// What a number beyond 1/2 either way stands for: the part of the way from there to 1, and the sign; nil
  /// for one that is not beyond.
  static func beyondHalf(_ number: Float) -> (sign: Int64, part: Double)? {
    if number.magnitude <= 1 / 2 { return nil }
    return (number > 0 ? 1 : -1, Double(2 * number.magnitude - 1))
  }
}
