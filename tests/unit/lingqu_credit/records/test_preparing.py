from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lingqu.contracts.loader import load_catalogue
from lingqu.errors import Reason
from lingqu.instants import days
from lingqu_credit.endpoints.examples import example_of
from lingqu_credit.records.kinds import KINDS, noun_of, repaired
from lingqu_credit.records.preparing import Preparing, Tables

CATALOGUE = load_catalogue(Path(__file__).parents[4] / "schemas")
TODAY = days(date(2026, 7, 1))
DAYS = ("decided_on", "valid_until", "from", "until")


def plain(told: Any) -> Any:
    """Return a statement as the service has it: days as numbers."""
    if isinstance(told, list):
        return [plain(each) for each in told]
    if not isinstance(told, dict):
        return told
    return {
        name: days(date.fromisoformat(value))
        if name in DAYS and isinstance(value, str)
        else plain(value)
        for name, value in told.items()
    }


def preparing(kind: str) -> Preparing:
    version = CATALOGUE.contract(f"credit.{kind}").latest()
    return Preparing(KINDS[kind], version, Tables.load(), "43", b"key")


def ready(kind: str, known: dict[str, Any] | None = None, **told: Any) -> Any:
    prepared = preparing(kind)
    return prepared.ready(prepared.named(plain(example_of(kind) | told)), known, TODAY)


@pytest.mark.parametrize("kind", KINDS)
def test_a_statement_gets_an_id_a_state_and_where_it_is_dishonest_a_period(kind: str) -> None:
    told = ready(kind)
    assert told["record_id"].startswith(f"43-{KINDS[kind].letters}-")
    assert (told["state"], told["repair_state"]) == ("effective", "none")
    assert (told["grade"] != "none") == KINDS[kind].dishonest
    assert (told["period_rule"] is not None) == KINDS[kind].dishonest
    assert told["record_id"] == ready(kind)["record_id"]


def test_each_decision_and_each_subject_is_a_record_of_its_own() -> None:
    ids = {
        ready("penalty")["record_id"],
        ready("penalty", document_no="湘示罚〔2026〕8号")["record_id"],
        ready("penalty", uscc="914301116168309775")["record_id"],
    }
    assert len(ids) == 3
    assert ready("penalty", content="另述")["record_id"] in ids


@pytest.mark.parametrize(
    ("kind", "told", "rule"),
    [
        ("penalty", {"uscc": "91430102616831072A"}, "uscc_check_digit"),
        ("penalty", {"authority_uscc": "1"}, "uscc_check_digit"),
        (
            "penalty",
            {"legal_representative_id_no": "110105194912310021"},
            "identity_number",
        ),
        (
            "penalty",
            {"subject_type": "natural_person", "person_basis": "《某办法》"},
            "person_allowed_by_law",
        ),
        ("penalty", {"decided_on": None}, "decision_has_a_day"),
        ("penalty", {"decided_on": "2026-03-31"}, "publication_has_an_end"),
        ("penalty", {"record_id": "44-CF-1"}, "record_of_this_region"),
        (
            "abnormal",
            {"publish_until": TODAY - 1, "decided_on": "2026-05-01"},
            "publication_not_over",
        ),
    ],
)
def test_what_may_not_be_shared_is_refused_by_its_rule(
    kind: str, told: dict[str, Any], rule: str
) -> None:
    reason = ready(kind, **told)
    assert isinstance(reason, Reason)
    assert reason.rule == rule
    assert "110105194912310021" not in reason.detail


def test_a_passport_is_not_judged_as_an_identity_card() -> None:
    told = ready(
        "penalty", legal_representative_id_no="E12345678", legal_representative_id_type="护照"
    )
    assert told["legal_representative_id_no"] == "E12345678"


def test_a_measure_is_an_item_of_the_closed_list() -> None:
    (measure,) = example_of("dishonesty")["measures"]
    assert ready("dishonesty")["measures"][0]["item"] == "依法依规限制申请财政性资金项目"
    wrong = ready("dishonesty", measures=[measure | {"measure_code": "7-7"}])
    assert wrong.rule == "measure_in_the_closed_list"


def test_a_new_statement_leaves_the_state_as_acts_made_it() -> None:
    acts = {"state": "disputed", "state_reason": "43-YY-1", "repair_state": "applied"}
    told = ready("penalty", ready("penalty") | acts)
    assert {name: told[name] for name in acts} == acts
    ended = ready("penalty") | {"state": "revoked", "end_reason": "performed"}
    assert ready("penalty", ended).rule == "record_has_ended"


def test_a_table_that_says_nothing_of_measures_leaves_them_as_they_stand() -> None:
    stands = ready("dishonesty")
    prepared = preparing("dishonesty")
    told = plain(example_of("dishonesty"))
    bare = {name: said for name, said in told.items() if name != "measures"}
    for said, left in ((bare, stands["measures"]), (bare | {"measures": []}, [])):
        restated = prepared.ready(prepared.named(said), stands, TODAY)
        assert isinstance(restated, dict)
        assert restated["measures"] == left
    new = prepared.ready(prepared.named(bare), None, TODAY)
    assert isinstance(new, dict)
    assert new["measures"] == []


def test_what_comes_back_masked_is_what_stood_and_never_takes_its_place() -> None:
    stands = ready("penalty", legal_representative="示例甲")
    told = ready("penalty", stands, legal_representative="示*甲")
    assert told["legal_representative"] == "示例甲"
    refused = ready("penalty", stands, legal_representative="王*甲")
    assert (refused.rule, refused.field) == ("nothing_masked", "legal_representative")
    assert ready("penalty", None, legal_representative="王*甲")["legal_representative"] == "王*甲"


@pytest.mark.parametrize("kind", KINDS)
def test_a_withdrawal_leaves_nothing_of_the_subject(kind: str) -> None:
    noun = noun_of(KINDS[kind], CATALOGUE.contract(f"credit.{kind}").latest())
    told = ready(kind)
    for left in (told | dict(noun.emptied), told | repaired(noun)):
        kept = {name: value for name, value in left.items() if value not in (None, "", [])}
        assert not kept.keys() & {"uscc", "subject_name", "decided_on", "document_no", "measures"}
