"""`python -m qmscheck` is `qmscheck`."""

import sys

from qmscheck.cli import main

if __name__ == "__main__":
    sys.exit(main())
