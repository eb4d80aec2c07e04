tapedeck fork three-agents.tape --at 300 --silence Arb_01 --hold Trend_01
