tapedeck fork three-agents.tape --at 500 --silence Trend_01
