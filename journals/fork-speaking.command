tapedeck fork three-agents.tape --at 700 --policy Trend_01=../fixtures/policies/speaking.policy
