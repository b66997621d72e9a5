"""Everything that reconciles: the scheduler, the kubelet and the controllers."""
