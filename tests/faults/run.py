"""`make faults`: kills processes under load and counts every event."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))  # for `tests.faults`
    from tests.faults.main import main

    sys.exit(main(sys.argv[1:]))
