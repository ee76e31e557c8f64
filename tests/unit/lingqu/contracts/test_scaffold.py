"""A new contract is complete as it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lingqu.contracts.lint import lint
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.scaffold import NewContract, parse_field, write_contract
from lingqu.errors import ConflictError, ContractError

FIELDS = ("site:string", "level:double:2:none:m", "keeper:string?:3:personal", "seen:date")


def told(
    name: str = "demo.tank_level", fields: tuple[str, ...] = FIELDS, **more: Any
) -> NewContract:
    settings: dict[str, Any] = {
        "key": ("site",),
        "steward": "Steward",
        "region": "43",
        "title_zh": "水位",
        "title_en": "Level",
        "legal_basis": "Article 1",
        **more,
    }
    return NewContract(name, [parse_field(each) for each in fields], **settings)


def test_a_new_contract_loads_and_has_no_errors(tmp_path: Path) -> None:
    files = write_contract(tmp_path, told())

    assert {path.name for path in files} >= {"domain.yaml", "contract.yaml", "v1.0.avsc"}
    contract = load_catalogue(tmp_path).contract("demo.tank_level")
    assert contract.latest().record_name == "cn.lingqu.demo.TankLevel"
    level, keeper = contract.latest().field("level"), contract.latest().field("keeper")
    assert (level.unit, level.grade, level.type_name) == ("m", 2, "double")
    assert (keeper.nullable, keeper.grade, keeper.kind) == (True, 3, "personal")
    assert lint(contract.folder).errors == ()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write_contract(tmp_path, told())
    (tmp_path / "demo" / "domain.yaml").write_text("by hand", "utf-8")

    with pytest.raises(ConflictError, match="is there already"):
        write_contract(tmp_path, told())
    write_contract(tmp_path, told("demo.other"))

    assert (tmp_path / "demo" / "domain.yaml").read_text("utf-8") == "by hand"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Level:long", "'Level' is not snake_case"),
        ("level:lon", "the type 'lon': did you mean 'long'?"),
        ("level:long:5", "the grade 5; known are 1, 2, 3, 4, important"),
        ("level:long:core", "grade core is never shared; leave the field out"),
        ("level:long:1:persona", "the kind 'persona'; did you mean 'personal'?"),
        ("level:long:1:work_secret", "kind work_secret is never shared"),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(text: str, said: str) -> None:
    with pytest.raises(ContractError, match=f"--field {text}: ") as refusal:
        parse_field(text)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (told("Demo.x"), "'Demo.x' is not <domain>.<event>"),
        (told("demo"), "'demo' is not <domain>.<event>"),
        (told(key=("sit",)), "--key sit: no such field; did you mean 'site'?"),
        (told(key=("keeper",)), "--key keeper: a key field is string, int or long, and never null"),
    ],
)
def test_a_contract_that_makes_no_sense_writes_nothing(
    tmp_path: Path, new: NewContract, said: str
) -> None:
    with pytest.raises(ContractError) as refusal:
        write_contract(tmp_path, new)

    assert str(refusal.value).startswith(said)
    assert list(tmp_path.iterdir()) == []
