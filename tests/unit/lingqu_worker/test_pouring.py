"""When a lane stops instead of pouring what it reads into dead letters."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.builders import contract_folder, event
from tests.unit.lingqu_worker.test_feed import records, stage

from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.errors import PermanentError
from lingqu_worker.pouring import IN_A_ROW, Pouring


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return load_catalogue(contract_folder(tmp_path)).contract("demo.reading")


def look(pouring: Pouring, contract: Contract, good: int, bad: int) -> None:
    read = records(contract, *[event() for _ in range(good)], *[b"garbage"] * bad)
    pouring.check(read, stage(contract).apply(read, 1))


def test_bad_events_among_good_ones_never_stop_a_feed(contract: Contract) -> None:
    pouring = Pouring("to-44")
    for _ in range(5):
        look(pouring, contract, good=1, bad=IN_A_ROW)
        look(pouring, contract, good=0, bad=IN_A_ROW - 1)


def test_so_many_without_one_good_stop_it_with_the_cure(contract: Contract) -> None:
    pouring = Pouring("to-44")
    look(pouring, contract, good=0, bad=IN_A_ROW - 1)
    for _ in range(2):
        with pytest.raises(
            PermanentError, match=r"offset 100 on cannot be read .bad_framing.*0=101"
        ):
            look(pouring, contract, good=0, bad=1)
