"""The probes of a kubelet's containers.

Source: pkg/kubelet/prober; the actions themselves are pkg/probe.
"""
