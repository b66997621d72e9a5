"""Custom resources: the kinds that definitions add to one server."""
