tapedeck fork on-made-flow.tape --at 10 --silence Arb_01
