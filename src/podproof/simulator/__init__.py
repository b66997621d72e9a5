"""A Kubernetes cluster in process and in virtual time, held to real Kubernetes by measurement."""
