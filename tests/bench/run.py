"""`make bench`: the hub's data plane against its peer, in turn, on the same brokers and topic."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))  # for `tests.bench`
    from tests.bench.main import main

    sys.exit(main(sys.argv[1:]))
