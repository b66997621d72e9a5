"""`python -m podproof` is the command `podproof`."""

import sys

from podproof.cli import main

sys.exit(main())
