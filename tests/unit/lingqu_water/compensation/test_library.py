"""The agreements that ship, the operator's own, and who follows which."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sqlalchemy.orm import Session
from tests.unit.lingqu_water.compensation.given import agreement, document, round_document

from lingqu.admission import RegionScope
from lingqu.errors import ContractError, InputError, NotFoundError
from lingqu.service.database import make_engine
from lingqu_water.compensation.library import Library, Loaded, read_agreements
from lingqu_water.compensation.tables import COMPENSATION
from lingqu_water.compensation.terms import PoolSplit
from lingqu_water.judgement.items import shipped_items
from lingqu_water.sections.table import load_sections

SHIPPED = read_agreements(shipped_items())


def library(region: str = "43") -> Library:
    return Library(SHIPPED, RegionScope((region,)), shipped_items())


def session() -> Session:
    engine = make_engine("sqlite://")
    COMPENSATION.create_all(engine)
    return Session(engine)


def write(folder: Path, name: str, **more: object) -> Path:
    text = yaml.safe_dump(document(**more), allow_unicode=True)
    (folder / name).write_text(text, "utf-8")
    return folder


def test_hunans_own_agreements_ship_and_the_others_are_labelled_examples() -> None:
    own = {name for name, loaded in SHIPPED.items() if not loaded.agreement.example}

    assert own == {"youshui", "lushui", "beijiang"}
    assert {"jiuzhoujiang", "dongjiang", "chishuihe", "xinanjiang"} == SHIPPED.keys() - own
    assert all("示例" in SHIPPED[name].agreement.title for name in SHIPPED.keys() - own)


def test_every_section_of_an_agreement_is_in_the_table_of_sections() -> None:
    known = {section.code: section.kind for section in load_sections()}
    agreed = {
        section.code: section.water_body
        for loaded in SHIPPED.values()
        for terms in loaded.agreement.rounds
        for section in terms.sections
    }

    assert agreed.items() <= known.items()


def test_money_that_no_source_tells_is_marked_or_missing() -> None:
    youshui, beijiang = SHIPPED["youshui"].agreement, SHIPPED["beijiang"].agreement

    transfers = [one for terms in youshui.rounds for one in terms.rule.transfers()]
    assert all(one.amount_wan == 40 and not one.verified for one in transfers)
    assert all(one.amount_wan is None for one in beijiang.rounds[0].rule.transfers())
    assert set(beijiang.rounds[0].items) == {"pb", "cd", "as", "hg", "tl", "sb"}


def test_the_common_sum_of_three_provinces_has_the_published_ratios() -> None:
    rule = SHIPPED["chishuihe"].agreement.rounds[0].rule

    assert isinstance(rule, PoolSplit)
    assert (rule.contributed, rule.allotted) == (
        {"53": 1, "52": 5, "51": 4},
        {"53": 3, "52": 4, "51": 3},
    )


def test_an_operators_file_replaces_or_adds(tmp_path: Path) -> None:
    write(tmp_path, "one.yaml", id="youshui", title="签署文本")
    write(tmp_path, "two.yaml", id="linjiang")

    found = read_agreements(shipped_items(), tmp_path)

    assert (found["youshui"].origin, found["youshui"].agreement.title) == ("file", "签署文本")
    assert found["linjiang"].origin == "file"
    assert found["lushui"].origin == "built_in"


def test_two_files_of_one_id_are_refused(tmp_path: Path) -> None:
    write(write(tmp_path, "one.yaml"), "two.yaml")

    with pytest.raises(ContractError, match=r"two\.yaml: the id 'shili' is another file's"):
        read_agreements(shipped_items(), tmp_path)


def test_an_item_that_nobody_knows_is_refused_with_the_nearest(tmp_path: Path) -> None:
    terms = round_document(measuring=[{"method": "auto", "items": ["tpp"], "min_readings": 1}])
    (tmp_path / "one.yaml").write_text(yaml.safe_dump(document(terms)), "utf-8")

    with pytest.raises(ContractError, match="no item 'tpp'; did you mean 'tp'"):
        read_agreements(shipped_items(), tmp_path)


def test_what_was_loaded_over_rest_wins_over_files() -> None:
    own = library()
    with session() as opened:
        own.put(opened, agreement(id="youshui"), "湖南省财政厅", 1)
        own.put(opened, agreement(id="youshui", title="第二版"), "湖南省财政厅", 2)

        loaded = own.get(opened, "youshui")

    assert (loaded.origin, loaded.agreement.title) == ("operator", "第二版")


def test_an_agreement_between_others_is_loaded_as_an_example_only() -> None:
    other = library("44")
    with session() as opened:
        with pytest.raises(InputError, match="between 50, 43 and this hub speaks for 44"):
            other.put(opened, agreement(), "广东省财政厅", 1)
        other.put(opened, agreement(example=True), "广东省财政厅", 1)

        assert other.get(opened, "shili").agreement.example


@pytest.mark.parametrize(
    ("region", "ours"),
    [("43", {"youshui", "lushui", "beijiang"}), ("44", {"beijiang"}), ("52", set())],
)
def test_a_hub_follows_its_own_agreements_and_the_examples(region: str, ours: set[str]) -> None:
    hub = library(region)
    with session() as opened:
        followed = hub.followed(opened)

    assert {one.id for one in followed if hub.is_ours(one)} == ours
    assert {one.id for one in followed if not hub.is_ours(one)} == {
        "jiuzhoujiang",
        "dongjiang",
        "chishuihe",
        "xinanjiang",
    }


def test_an_unknown_agreement_is_named_with_those_there_are() -> None:
    loaded = {"shili": Loaded(agreement(), "file")}
    with session() as opened, pytest.raises(NotFoundError, match="'x'; there are: shili"):
        Library(loaded, RegionScope(("43",)), shipped_items()).get(opened, "x")
