"""Volumes: what the kubelet puts on its node before a pod's containers start, and keeps up to date.

`payloads` says what files a volume shows, `writing` puts them there, `host_paths` are the node's own files,
`mounting` does it all in time, and `mounts` is what a container gets of it.
"""
