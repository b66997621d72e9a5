"""The garbage collector: what goes with its owners, and what keeps them until it has gone."""
