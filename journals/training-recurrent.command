tapedeck train three-agents.tape --agent Trend_01 --algorithm ppo-recurrent --until 40 --updates 4 --episodes 2 --seeds 3 --learn hidden=8 --learn memory=8 --publish-every 2 --save-every 2
