"""``python -m trsim`` is the command line."""

import sys

from trsim.cli import main

if __name__ == "__main__":
    sys.exit(main())
