"""k3s in containers, for one run of tests; it needs Docker and what the extra `k3s` installs.

Nothing here is imported unless somebody asks for this kind of cluster.
"""
