tapedeck fork fork-silenced.tape --at 700 --set MM_01.half_spread=40 --reseed 99
