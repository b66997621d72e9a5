"""Admission: an ordered list of small plugins, each a rule of the real server's plugin of the same name."""
