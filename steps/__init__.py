"""The vocabulary: what feature files say, and what it means for a cluster."""

MODULES = (
    "charts",
    "decisions",
    "descriptions",
    "ephemeral",
    "events",
    "fields",
    "hosts",
    "logs",
    "manifests",
    "network",
    "node_changes",
    "nodes",
    "objects",
    "pods",
    "refusals",
    "registries",
    "resizes",
    "restarts",
    "services",
    "snapshots",
    "storage",
    "tables",
    "time",
    "workloads",
)
"""The modules that define phrases."""
