from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.hub import inherited


def test_a_name_that_nobody_plays_is_told_first_even_where_no_hub_is_up(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lingqu_cli", "simulate", "water.sampel", "--max", "3"]
    environ = inherited() | {"LINGQU_HOME": str(tmp_path)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no simulation plays 'water.sampel'; there are credit.dishonesty" in done.stderr
