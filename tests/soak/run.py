"""`make soak`: services answer whatever their own descriptions let anybody send."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))  # for `tests.soak`
    from tests.soak.main import main

    sys.exit(main(sys.argv[1:]))
