import MarketModel
import Testing

/// Raw values stand on tapes: a failure here means that old tapes change their meaning.
@Suite struct FrozenValuesTests {
  private func expect<T: RawRepresentable & CaseIterable>(
    _ type: T.Type, _ table: [(T, UInt8)], sourceLocation: SourceLocation = #_sourceLocation
  ) where T.RawValue == UInt8 {
    #expect(table.count == T.allCases.count, sourceLocation: sourceLocation)
    for (value, raw) in table {
      #expect(value.rawValue == raw, "\(value)", sourceLocation: sourceLocation)
    }
  }

  @Test func `kinds of event`() {
    expect(
      EventKind.self,
      [
        (.agentWoken, 1), (.orderSubmitted, 2), (.cancelSubmitted, 3), (.replaceSubmitted, 4),
        (.messageSent, 5), (.transferSubmitted, 6), (.orderAccepted, 7), (.orderRejected, 8),
        (.orderFilled, 9), (.orderCancelled, 10), (.orderReplaced, 11), (.capitalTransferred, 12),
        (.reportDelivered, 13), (.messageDelivered, 14), (.processStepped, 15),
        (.policyUpdated, 16), (.interventionApplied, 17), (.levelSeeded, 18),
        (.levelRevealed, 19), (.levelConcealed, 20), (.orderObserved, 21),
        (.reductionObserved, 22), (.hiddenExecutionObserved, 23), (.tradingStatusObserved, 24),
        (.crossObserved, 25), (.flowAdjusted, 26), (.noteAdded, 27),
        (.commandWithheld, 28), (.agentFaulted, 29), (.actionChosen, 30), (.episodePlayed, 31),
        (.learnerUpdated, 32), (.learnerSaved, 33),
      ])
  }

  @Test func `reasons to refuse, in the order of precedence`() {
    expect(
      RejectReason.self,
      [
        (.unknownInstrument, 1), (.tradingHalted, 2), (.invalidQuantity, 3), (.offLotSize, 4),
        (.invalidPrice, 5), (.offPriceIncrement, 6), (.outsidePriceBand, 7), (.unknownOrder, 8),
        (.notOwner, 9), (.openOrderLimit, 10), (.positionLimit, 11), (.wouldTrade, 12),
        (.insufficientLiquidity, 13), (.unknownAgent, 14), (.differentGroup, 15),
        (.insufficientCapital, 16), (.overflow, 17),
      ])
  }

  @Test func `faults of agents`() {
    expect(
      AgentFault.self,
      [
        (.late, 1), (.ended, 2), (.tooLong, 3), (.unreadable, 4), (.otherVersion, 5),
        (.wrongCommand, 6),
      ])
  }

  @Test func `reasons to cancel`() {
    expect(
      CancelReason.self,
      [
        (.requested, 1), (.immediateOrCancel, 2), (.noLiquidity, 3), (.selfTrade, 4),
        (.overflow, 5), (.concealed, 6),
      ])
  }

  @Test func `terms of orders`() {
    expect(Side.self, [(.buy, 0), (.sell, 1)])
    expect(OrderType.self, [(.limit, 0), (.market, 1)])
    expect(
      TimeInForce.self, [(.goodTillCancelled, 0), (.immediateOrCancel, 1), (.fillOrKill, 2)])
    expect(
      SelfTradePrevention.self,
      [(.cancelResting, 0), (.cancelTaking, 1), (.cancelBoth, 2), (.allow, 3)])
    #expect(Side.buy.opposite == .sell && Side.sell.opposite == .buy)
    #expect(Side.buy.sign == 1 && Side.sell.sign == -1)
  }

  @Test func `facts and interventions`() {
    expect(ReductionCause.self, [(.partialCancel, 0), (.deletion, 1), (.execution, 2)])
    expect(TradingStatus.self, [(.halted, 0), (.quoting, 1), (.trading, 2)])
    expect(
      InterventionCode.self,
      [
        (.silence, 1), (.addAgent, 2), (.setParameters, 3), (.reseed, 4), (.changeAgent, 5),
        (.changeInstrument, 6), (.changeProcess, 7), (.shockProcess, 8), (.insertCommand, 9),
        (.loadPolicy, 10), (.ruleCommands, 11),
      ])
    expect(
      FlowAdjustment.self,
      [
        (.restingOrderGone, 1), (.restingOrderSmaller, 2), (.nothingToCancel, 3),
        (.unseenReference, 4), (.doesNotFit, 5),
      ])
  }

  @Test func `types of fields`() {
    expect(
      FieldType.self,
      [
        (.number, 0), (.agent, 1), (.tick, 2), (.instrument, 3), (.process, 4), (.side, 5),
        (.orderType, 6), (.timeInForce, 7), (.flag, 8), (.price, 9), (.quantity, 10), (.money, 11),
        (.nanoseconds, 12), (.priceThousandths, 13), (.rejectReason, 14), (.cancelReason, 15),
        (.reductionCause, 16), (.tradingStatus, 17), (.flowAdjustment, 18),
        (.interventionCode, 19), (.topic, 20), (.agentFault, 21),
      ])
  }
}
