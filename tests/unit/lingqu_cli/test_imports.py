"""What a command of `lingqu contract` waits for before it does anything."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["lingqu_cli.contract", "lingqu_cli.contract_show"])
def test_the_commands_load_no_arrow_until_they_judge_events(module: str) -> None:
    code = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    run = [sys.executable, "-c", code]
    loaded = subprocess.run(run, check=True, capture_output=True, text=True).stdout.split()

    assert "lingqu_cli" in loaded
    assert not {"pyarrow", "confluent_kafka", "sqlalchemy", "fastapi"} & set(loaded)
