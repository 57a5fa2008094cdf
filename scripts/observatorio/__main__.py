"""``python -m observatorio``."""

import sys

from .cli import principal

sys.exit(principal())
