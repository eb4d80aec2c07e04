tapedeck fork fork-meddled.tape --at 100 --hold Zero_01 --set MM_01.half_spread=20
