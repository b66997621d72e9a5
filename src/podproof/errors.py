"""The one exception tree of podproof: everything it raises on purpose is a PodproofError.

Messages say what was wanted, what was seen and what to do. All fields go positionally to `super().__init__`, so that
errors survive copying and pickling (they cross the process boundary under pytest-xdist).
"""


class PodproofError(Exception):
    """The root: catch this to catch everything podproof raises on purpose."""
