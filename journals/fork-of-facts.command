tapedeck fork lobster.tape --at 1000
