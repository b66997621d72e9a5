"""Snapshots of volumes: the controller that binds them to their contents, the sidecar that has drivers take them."""
