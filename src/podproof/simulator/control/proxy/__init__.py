"""kube-proxy: what Services and their slices make of the iptables of a node."""
