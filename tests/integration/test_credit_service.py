"""The credit service over HTTP: records, restrictions, subjects and objections."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from tests.support.credit import CreditUnderTest, code, credit_under_test, recent, statement

from lingqu_credit.records.kinds import DISHONEST, KINDS

pytestmark = pytest.mark.integration

NUMBERS = count(1)
PERSON = {
    "subject_type": "natural_person",
    "subject_name": None,
    "uscc": None,
    "person_name": "张小三",
    "person_id_type": "身份证",
    "person_id_no": "11010519491231002X",
    "person_basis": "《行政处罚法》第四十八条",
}


@pytest.fixture(scope="module")
def credit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CreditUnderTest]:
    """Return one service for all tests: each has subjects of its own."""
    folder = tmp_path_factory.mktemp("credit")
    url = f"sqlite:///{folder / 'credit.sqlite'}"
    with credit_under_test(folder, url) as found:
        yield found


@pytest.fixture
def number() -> int:
    return next(NUMBERS)


def outcomes(credit: CreditUnderTest, kind: str, *statements: dict[str, Any]) -> list[str]:
    results = credit.post(f"records/{kind}", list(statements))["results"]
    return [each["outcome"] for each in results]


def only(credit: CreditUnderTest, kind: str, number: int) -> dict[str, Any]:
    (found,) = credit.get(f"records/{kind}", uscc=code(number))["items"]
    return dict(found)


def refusal(credit: CreditUnderTest, kind: str, told: dict[str, Any]) -> dict[str, Any]:
    (refused,) = credit.post(f"records/{kind}", [told], 422)["refused"]
    return dict(refused)


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_is_stated_repeated_and_revised(
    credit: CreditUnderTest, kind: str, number: int
) -> None:
    first = statement(kind, number)
    said = outcomes(credit, kind, first, first, first | {"note": "补充说明"})
    assert said == ["first", "repeat", "revision"]
    found = only(credit, kind, number)
    assert (found["note"], found["state"], found["origin"]) == ("补充说明", "effective", "43")


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_record_without_a_measure_ever_yields_a_restriction(
    credit: CreditUnderTest, kind: str, number: int
) -> None:
    bare = {name: told for name, told in statement(kind, number).items() if name != "measures"}
    worst = {"grade": "serious"} if kind in DISHONEST else {}
    outcomes(credit, kind, bare, bare | worst, bare | {"note": "另述"})
    assert credit.restrictions(code(number)) == []


@pytest.mark.parametrize("kind", DISHONEST)
def test_a_measure_restricts_while_its_record_is_in_force(
    credit: CreditUnderTest, kind: str, number: int
) -> None:
    measures = statement("dishonesty", number)["measures"]
    (record_id,) = credit.state(kind, statement(kind, number, measures=measures))
    (found,) = credit.restrictions(code(number))
    assert (found["measure_code"], found["record_kind"]) == ("2-1", kind)
    assert (found["record_id"], found["origin"]) == (record_id, "43")
    path = f"records/{kind}/{record_id}/state"
    credit.post(path, {"state": "suspended", "state_reason": "行政复议"})
    assert credit.restrictions(code(number)) == []
    credit.post(path, {"state": "effective"})
    assert len(credit.restrictions(code(number))) == 1
    ended = credit.post(path, {"state": "revoked", "end_reason": "performed"})
    assert (ended["measures"], ended["possible"]) == ([], [])
    assert credit.restrictions(code(number)) == []
    refused = credit.post(path, {"state": "effective"}, 409)
    assert "it has ended" in refused["detail"]


@pytest.mark.parametrize("kind", ["licence", "rating"])
def test_what_is_no_dishonesty_can_state_no_measure(
    credit: CreditUnderTest, kind: str, number: int
) -> None:
    measures = statement("dishonesty", number)["measures"]
    credit.post(f"records/{kind}", [statement(kind, number) | {"measures": measures}], 422)
    assert credit.restrictions(code(number)) == []


def test_a_valid_code_that_nobody_knows_has_none_and_an_invalid_one_names_the_rule(
    credit: CreditUnderTest,
) -> None:
    assert credit.restrictions("91110000600037341L") == []
    for path in ("subjects/915226250000UUUU56", "subjects/915226250000UUUU56/restrictions"):
        answer = credit.ask(path, 422)
        assert answer["rule"] == "uscc_check_digit"
        assert "check digit should be" in answer["detail"]


def test_a_call_is_taken_whole_or_not_at_all(credit: CreditUnderTest, number: int) -> None:
    glued = statement("penalty", number, uscc=code(number) + code(number)[:10])
    answer = credit.post("records/penalty", [statement("penalty", number), glued], 422)
    (refused,) = answer["refused"]
    assert (refused["index"], refused["rule"]) == (1, "uscc_check_digit")
    assert "glued" in refused["reason"]
    assert credit.get("records/penalty", uscc=code(number))["items"] == []


def test_a_natural_person_needs_a_law_and_is_masked(credit: CreditUnderTest, number: int) -> None:
    told = statement("penalty", number, **PERSON, document_no=f"湘示罚{number}号")
    no_law = refusal(credit, "penalty", told | {"person_basis": "内部规定"})
    assert no_law["rule"] == "person_allowed_by_law"
    (record_id,) = credit.state("penalty", told)
    shown = credit.get(f"records/penalty/{record_id}")
    assert (shown["person_name"], shown["person_id_no"]) == ("张*三", "110105********002X")
    exported = credit.client.get("/v1/exports/penalty", params={"format": "csv"})
    text = exported.content.decode("utf-8-sig")
    assert "张*三" in text
    assert "11010519491231002X" not in text


def test_the_view_survives_rename_change_of_code_and_merger(
    credit: CreditUnderTest, number: int
) -> None:
    old, new, absorbed = code(number), code(10_000 + number), code(20_000 + number)
    credit.state("dishonesty", statement("dishonesty", number))
    credit.state("penalty", statement("penalty", number, uscc=absorbed))
    day = recent(5)
    changes = [
        {"uscc": old, "subject_event": "renamed", "former_name": "甲", "subject_name": "乙"},
        {"uscc": old, "subject_event": "uscc_changed", "successor_uscc": new},
        {"uscc": absorbed, "subject_event": "merged", "successor_uscc": new},
    ]
    credit.post("subjects", [each | {"effective_on": day} for each in changes])
    for asked in (old, new):
        view = credit.get(f"subjects/{asked}")
        assert view["subject"]["uscc"] == new
        (listing,) = view["records"]["dishonesty"]
        (penalty,) = view["records"]["penalty"]
        assert (listing["recorded_under"], listing["tie"]) == (old, "same")
        assert (penalty["recorded_under"], penalty["tie"]) == (absorbed, "merged")
        assert {"origin", "event_id", "occurred_at", "authority"} <= penalty.keys()
        assert view["classification"]["unified_class"] == "D"
        assert len(credit.restrictions(asked)) == 1
    gone = credit.get(f"subjects/{absorbed}")["subject"]
    assert gone["successor"] == new
    assert credit.restrictions(absorbed) == []


def test_a_risk_class_is_told_for_regulation_only(credit: CreditUnderTest, number: int) -> None:
    risk = {"rating_type": "risk_class", "purpose": "regulation", "scheme": "风险分类"}
    credit.state("rating", statement("rating", number, **risk))
    path = f"subjects/{code(number)}"
    assert credit.get(path)["records"]["rating"] == []
    assert len(credit.get(path, purpose="regulation")["records"]["rating"]) == 1


def test_a_use_is_fed_back_only_for_a_measure_in_force(
    credit: CreditUnderTest, number: int
) -> None:
    (record_id,) = credit.state("dishonesty", statement("dishonesty", number))
    told = {
        "record_id": record_id,
        "measure_code": "2-1",
        "used_by": "示例厅",
        "used_on": recent(1),
        "matter": "资金申报",
    }
    path = f"subjects/{code(number)}/restrictions/uses"
    used = credit.post(path, told, 201)
    (found,) = credit.get("sanctions", record_id=record_id)["items"]
    assert (found["sanction_id"], found["effect"]) == (used["sanction_id"], "restricted")
    credit.post(path, told | {"measure_code": "1-1"}, 409)
    credit.post(path, told | {"used_on": recent(60)}, 409)
    lifted = credit.client.post(
        f"/v1/subjects/uses/{used['sanction_id']}/lift", json={"ended_on": recent(0)}
    )
    assert lifted.status_code == 204
    (found,) = credit.get("sanctions", record_id=record_id)["items"]
    assert found["ended_on"] == recent(0)


def test_an_objection_disputes_a_record_until_it_is_decided(
    credit: CreditUnderTest, number: int
) -> None:
    (record_id,) = credit.state("penalty", statement("penalty", number))
    told = {"record_kind": "penalty", "record_id": record_id, "raised_by": "示例厅"}
    raised = credit.post("objections", [told | {"claim": "金额有误", "field": "fine_fen"}], 201)
    (objection,) = raised["items"]
    path = f"objections/{objection['objection_id']}"
    credit.post(f"{path}/accept")
    assert only(credit, "penalty", number)["state"] == "disputed"
    decision = {"decision": "corrected", "reason": "录入错误"}
    assert "correct it first" in credit.post(f"{path}/decide", decision, 409)["detail"]
    outcomes(credit, "penalty", statement("penalty", number, fine_fen=100))
    # Nobody can tell who received the wrong value: there is no Kafka to read the agreements from.
    unknown = credit.post(f"{path}/decide", decision, 503)
    assert "who received the record is not known" in unknown["detail"]
    assert only(credit, "penalty", number)["state"] == "disputed"
    decided = credit.post(f"{path}/decide", decision | {"decision": "not_wrong"})
    assert (decided["state"], decided["possible"]) == ("not_wrong", [])
    shown = only(credit, "penalty", number)
    assert (shown["state"], shown["fine_fen"]) == ("effective", 100)


@pytest.mark.parametrize(
    ("path", "query", "said"),
    [
        ("records/penalty", {"state": "ended"}, "'effective', 'disputed'"),
        ("records/penalty", {"grade": "worst"}, "'minor', 'general'"),
        ("records/penalty", {"uscc": "915226250000UUUU56"}, "check digit should be"),
        ("sanctions", {"uscc": "9152"}, "has 4 characters"),
    ],
)
def test_a_filter_that_can_find_nothing_is_refused(
    credit: CreditUnderTest, path: str, query: dict[str, str], said: str
) -> None:
    assert said in credit.ask(path, 422, **query)["detail"]


def test_of_a_subject_that_nobody_knows_nothing_is_told_not_even_a_class(
    credit: CreditUnderTest,
) -> None:
    view = credit.get(f"subjects/{code(999_999)}")
    assert view["classification"] is None
    assert not any(view["records"].values())


def test_a_view_of_a_day_tells_what_was_decided_by_then(
    credit: CreditUnderTest, number: int
) -> None:
    credit.state("penalty", statement("penalty", number))
    path = f"subjects/{code(number)}"
    assert credit.get(path, on=recent(31))["records"]["penalty"] == []
    (found,) = credit.get(path, on=recent(30))["records"]["penalty"]
    assert found["decided_on"] == recent(30)


def test_what_is_refused_says_what_can_be_done(credit: CreditUnderTest, number: int) -> None:
    unknown = credit.ask("records/penalty/43-CF-1", 404)["detail"]
    assert "GET /v1/records/penalty" in unknown
    (record_id,) = credit.state("dishonesty", statement("dishonesty", number))
    told = {"record_kind": "dishonesty", "record_id": record_id, "applied_on": recent(0)}
    path = f"repairs/{credit.post('repairs', told, 201)['repair_id']}"
    met = {"corrected": True, "committed": True}
    too_soon = credit.post(f"{path}/grant", met | {"decision_no": "一号"}, 409)["detail"]
    assert too_soon.endswith(
        "is applied and cannot be granted; it can be accepted, refused, withdrawn"
    )
    credit.post(f"{path}/accept", met)
    too_soon = credit.post(f"{path}/grant", met | {"decision_no": "一号"}, 409)["detail"]
    assert "the repair can be granted from 20" in too_soon
    credit.post("subjects/uses/43-FK-1/lift", {"ended_on": recent(0)}, 404)
