from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lingqu.contracts.loader import load_catalogue
from lingqu.errors import InputError
from lingqu_medical import reference
from lingqu_medical.forms.named import form_of
from lingqu_medical.forms.platform_file import platform_rows
from lingqu_medical.forms.records import settlement_export
from lingqu_medical.personal import personal_fields

CATALOGUE = load_catalogue(Path(__file__).parents[4] / "schemas")
SHIPPED = Path(reference.__file__).parent
SETTLEMENT = CATALOGUE.contract("medical.settlement").latest()


@pytest.mark.parametrize("name", ["filing", "settlement", "reversal", "platform"])
def test_a_form_knows_its_own_template(name: str) -> None:
    form = form_of(name, CATALOGUE)
    titles = form.template().titles()
    assert form.recognises(titles)
    assert not form.lacks(titles)
    assert len(set(titles)) == len(titles)


def test_what_follows_from_the_rest_is_not_asked_for() -> None:
    asked = {column.field for column in form_of("settlement", CATALOGUE).columns}
    assert not asked & {"period", "held", "violations", "tolerance_fen", "insured_region"}
    assert {"medfee_sumamt_fen", "psn_cash_pay_fen", "insuplc_admdvs"} <= asked


def test_a_heading_may_be_the_name_that_the_interface_has() -> None:
    form = form_of("settlement", CATALOGUE)
    assert form.matches(["medfee_sumamt", "医疗费总额(元)", "setl_id", "就医地医保区划"]) == 3


def test_an_export_has_nothing_about_the_person() -> None:
    exported = {column.field for column in settlement_export(SETTLEMENT)}
    assert not exported & personal_fields(SETTLEMENT)
    assert {"setl_id", "period", "held", "fund_pay_sumamt_fen"} <= exported


def test_the_platforms_account_is_read_as_it_is_saved(tmp_path: Path) -> None:
    file = tmp_path / "3202.csv"
    file.write_text(
        '结算编号,退费标志,医疗费总额,基金支付总额(元)\nS1,0,"1,000.00",８００.00\nS1,1,-1000,-800\n',
        "gb18030",
    )
    rows = platform_rows(file)
    assert [(row["id"], row["refunded"]) for row in rows] == [("S1", False), ("S1", True)]
    assert [row["fund_pay_sumamt_fen"] for row in rows] == [800_00, -800_00]
    assert rows[0]["medfee_sumamt_fen"] == 1000_00


def test_an_account_with_a_cell_that_cannot_be_read_is_not_reconciled(tmp_path: Path) -> None:
    file = tmp_path / "3202.csv"
    file.write_text("结算编号,基金支付总额\nS1,800\nS2,八百\n", "utf-8")
    with pytest.raises(InputError, match="1 rows cannot be read and nothing was reconciled: row 3"):
        platform_rows(file)


def test_the_platforms_account_is_read_by_the_operators_layout(tmp_path: Path) -> None:
    layout = yaml.safe_load((SHIPPED / "platform-account.yaml").read_text("utf-8"))
    layout |= {"refunded_words": {"正常": False, "冲正": True}, "refunded_amounts": "positive"}
    layout["columns"]["id"] = ["结算流水号"]
    layout["columns"]["fund_pay_sumamt_fen"] = ["基金合计"]
    own = tmp_path / "reference"
    own.mkdir()
    (own / "platform-account.yaml").write_text(yaml.safe_dump(layout), "utf-8")
    file = tmp_path / "3202.csv"
    file.write_text("结算流水号,退费标志,基金合计\nS1,正常,800\nS1,冲正,800\n", "utf-8")

    rows = platform_rows(file, own)
    assert [row["fund_pay_sumamt_fen"] for row in rows] == [800_00, -800_00]
    assert form_of("platform", CATALOGUE, own).recognises(["结算流水号", "基金合计"])
    with pytest.raises(InputError, match="结算编号"):
        platform_rows(file)


@pytest.mark.parametrize("name", ["platform-account", "clearing", "identities", "profiles"])
def test_what_is_not_verified_is_data_with_a_source(name: str) -> None:
    told = yaml.safe_load((SHIPPED / f"{name}.yaml").read_text("utf-8"))
    assert "ot verified" in told["source"]
