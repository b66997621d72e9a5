"""Deployments: their revisions, how they scale and roll, what their status says."""
