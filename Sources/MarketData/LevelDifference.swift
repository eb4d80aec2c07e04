internal import MarketModel

/// A level at which two lists of levels differ.
struct LevelDifference: Equatable {
  let price: PriceIncrements
  /// The quantity in the first list; 0 for no such level.
  let left: Lots
  /// The quantity in the second list; 0 for no such level.
  let right: Lots

  /// Compares two lists of one side, best first.
  static func between(
    _ left: [LobsterLevel], _ right: [LobsterLevel], _ side: Side
  ) -> [LevelDifference] {
    guard left != right else { return [] }
    var found: [LevelDifference] = []
    var i = 0
    var j = 0
    while i < left.count || j < right.count {
      let isLeft = j == right.count || i < left.count && !left[i].isWorse(than: right[j], side)
      let isRight = i == left.count || j < right.count && !right[j].isWorse(than: left[i], side)
      let price = isLeft ? left[i].price : right[j].price
      let difference = LevelDifference(
        price: price, left: isLeft ? left[i].quantity : 0, right: isRight ? right[j].quantity : 0)
      if difference.left != difference.right { found.append(difference) }
      if isLeft { i += 1 }
      if isRight { j += 1 }
    }
    return found
  }
}
