"""Imports all of podproof: pytester forgets what a run inside a test imports, but not what was there before."""

from importlib import import_module
from pkgutil import walk_packages

import podproof

for _name in ("tree_sitter_bash", "yaml", *(each.name for each in walk_packages(podproof.__path__, "podproof."))):
    if not _name.endswith("__main__"):
        import_module(_name)
