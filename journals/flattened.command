tapedeck flatten fork-of-fork.tape
