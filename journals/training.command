tapedeck train three-agents.tape --agent Trend_01 --until 40 --updates 4 --episodes 2 --seeds 3 --learn hidden=8 --publish-every 2 --save-every 2
