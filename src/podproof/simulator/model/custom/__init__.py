"""Custom resources: what a structural schema makes of a value."""
