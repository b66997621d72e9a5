"""What is special to this repository's own run; everything a user needs is in the plugin."""

import os
import sys
import tempfile
from pathlib import Path

pytest_plugins = ["pytester"]

if sys.dont_write_bytecode:  # nothing beside the sources; but what tests start, a hundred times, need not compile them
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(tempfile.gettempdir(), f"podproof-bytecode-{os.getuid()}")))
