"""DaemonSets: one pod for each node that fits."""
