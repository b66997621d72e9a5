"""The kubelet: what a node makes of the pods that are bound to it.

The way through: a change (of the API, of the runtime, or a due retry) wakes the pod's worker; the worker waits for a
fresh look at the runtime and runs one sync; the sync first publishes the status it computed and then acts.
"""
