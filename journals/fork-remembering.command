tapedeck fork learned.tape --at 60 --policy Learned_01=../fixtures/policies/remembering.policy --policy Greedy_01=../fixtures/policies/remembering.policy
