tapedeck fork pairs.tape --at 700 --policy Pair_01=../fixtures/policies/pair.policy
