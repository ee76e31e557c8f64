"""The table of items."""

from __future__ import annotations

from pathlib import Path

import pytest

from lingqu.errors import ContractError, NotFoundError
from lingqu_water.judgement.items import load_items, shipped_items


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("water_temp", "w01010"),
        ("ph", "w01001"),
        ("do", "w01009"),
        ("conductivity", "w01014"),
        ("turbidity", "w01003"),
        ("codmn", "w01019"),
        ("nh3n", "w21003"),
        ("tp", "w21011"),
        ("tn", "w21001"),
        ("chla", "w01016"),
        ("algae", "w19011"),
        ("cod", "w01018"),
        ("bod5", "w01017"),
    ],
)
def test_codes_are_those_that_events_carry(key: str, code: str) -> None:
    assert shipped_items().code(key) == code


def test_the_metals_of_agreements_are_there() -> None:
    assert {"tl", "sb", "mn", "pb", "cd", "as", "hg"} <= shipped_items().by_key.keys()


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="did you mean 'codmn'"):
        shipped_items().code("codnm")


def test_an_unknown_code_is_its_own_name() -> None:
    assert shipped_items().name("w99999") == "w99999"


def test_a_code_written_twice_is_refused(tmp_path: Path) -> None:
    entry = "{code: w1, key: %s, name_zh: x, name_en: x, unit: mg/L}"
    text = f"{{source: s, items: [{entry % 'a'}, {entry % 'b'}]}}"
    (tmp_path / "items.yaml").write_text(text, "utf-8")
    with pytest.raises(ContractError, match="written twice"):
        load_items(tmp_path)
