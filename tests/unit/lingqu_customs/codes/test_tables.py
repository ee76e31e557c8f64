"""The shipped tables say what their sources say, and the operator's own replace them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lingqu.errors import ContractError
from lingqu_customs.codes.aeo import load_schemes
from lingqu_customs.codes.districts import load_districts
from lingqu_customs.codes.receipts import load_receipt_codes
from lingqu_customs.codes.supervision import load_supervision_modes
from lingqu_customs.codes.tables import load_code_tables
from lingqu_customs.lifecycle.state import STATES


def test_districts_have_their_names() -> None:
    districts = load_districts()

    assert districts.name("4900") == "长沙海关"
    assert districts.name("9600") == "银川海关"
    assert districts.name("4901") == "长沙海关(4901)"
    assert districts.problem("4900") is None
    assert districts.problem("4901") is None  # the sub-offices of 49 are not known


def test_where_there_are_offices_one_of_them_is_named() -> None:
    problem = load_districts().problem("5100")

    assert (
        problem == "5100 广州海关 has offices of its own; name one of them: 5130, 5133, 5141, 5165"
    )


@pytest.mark.parametrize("code", ["0000", "9900", "490", "49OO", ""])
def test_unknown_districts_are_refused(code: str) -> None:
    assert load_districts().problem(code)


def test_a_withdrawn_mode_is_refused_from_its_last_day_on() -> None:
    modes = load_supervision_modes()

    assert modes.problem("3039", date(2018, 4, 16)) is None
    assert "not in force on 2018-04-17" in (modes.problem("3039", date(2018, 4, 17)) or "")
    assert "is no 监管方式" in (modes.problem("0001", date(2026, 1, 1)) or "")


def test_a_mode_had_other_names() -> None:
    modes = load_supervision_modes()
    before, after = modes.on("0200", date(2018, 1, 1)), modes.on("0200", date(2026, 1, 1))

    assert before is not None
    assert after is not None
    assert (before.name, after.name) == ("料件放弃", "料件销毁")


def test_three_is_rail_and_incomplete_tables_take_other_codes() -> None:
    tables = load_code_tables()

    assert tables.by_field["transport_mode"].codes["3"] == "铁路"
    assert tables.by_field["transport_mode"].codes["9"] == "其他"
    assert tables.by_field["levy_nature"].codes["503"] == "进料加工"
    assert "is no 运输方式" in (tables.problem("transport_mode", "A") or "")
    assert tables.problem("unit", "143") is None


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("B", "released"),
        ("b", None),
        ("S0", "draft"),
        ("S", None),
        ("C", "inspection"),
        ("c", None),
    ],
)
def test_codes_are_case_sensitive(code: str, state: str | None) -> None:
    assert load_receipt_codes().meaning("single_window", code).state == state


def test_the_same_code_means_what_its_family_says() -> None:
    codes = load_receipt_codes()

    assert codes.meaning("manifest", "11").state == "released"
    assert codes.meaning("ceb", "800").state == "released"
    assert codes.meaning("ceb", "-101").unexpected
    assert codes.meaning("ceb", "11").unexpected
    assert codes.meaning("single_window", "03").unexpected  # a company's own state, not customs'


def test_every_state_but_those_of_amendments_has_a_code() -> None:
    families = load_receipt_codes().families.values()
    reached = {meaning.state for family in families for meaning in family.codes.values()}

    assert set(STATES) - reached == {"withdrawn"}


def test_an_order_holds_to_its_last_day() -> None:
    schemes = load_schemes()

    for day, order in ((date(2026, 3, 31), "251"), (date(2026, 4, 1), "282")):
        scheme = schemes.on(day)
        assert scheme is not None
        assert scheme.order == order
        assert schemes.problem(order, "advanced", day) is None
    assert "order 282 was in force" in (schemes.problem("251", "other", date(2026, 4, 1)) or "")
    assert "has no level 'other'" in (schemes.problem("282", "other", date(2026, 4, 1)) or "")


def test_the_operators_table_replaces_ours(tmp_path: Path) -> None:
    (tmp_path / "districts.csv").write_text("code,name\n4900,长沙海关\n4901,示例办事处\n", "utf-8")
    districts = load_districts(tmp_path)

    assert "name one of them: 4901" in (districts.problem("4900") or "")
    assert districts.problem("5165")


def test_a_wrong_cell_is_named(tmp_path: Path) -> None:
    (tmp_path / "supervision-modes.csv").write_text(
        "code,name,valid_from\n0110,一般贸易,早\n", "utf-8"
    )

    with pytest.raises(ContractError, match=r"supervision-modes.csv: row 2, column valid_from"):
        load_supervision_modes(tmp_path)
