tapedeck fork latency.tape --at 500 --add-idle Nobody
