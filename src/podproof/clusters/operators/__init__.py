"""Operators of the user's own, each a process beside the cluster that it works on."""
