"""What the control plane makes of nodes: ready or not, tainted or not, and pods that do not tolerate it."""
