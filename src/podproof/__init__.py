"""Readable, executable proofs of what a Kubernetes pod spec does."""
