"""Accounts in step with readings: made, published, revised, withdrawn."""

from __future__ import annotations

from typing import Any

from tests.unit.lingqu_water.compensation.books import booking, corrected, measured, months
from tests.unit.lingqu_water.compensation.given import (
    agreement,
    class_rule,
    round_document,
    transfer,
)

from lingqu_water.compensation.agreement import Agreement
from lingqu_water.readings.model import Reading

UPSTREAM_PAID = ("43", "50", 40.0, None)
DOWNSTREAM_PAID = ("50", "43", 40.0, None)
RAW: dict[str, Any] = {"data_level": "raw", "reviewed_by_org": None, "reviewed_at_ms": None}


def elsewhere(**more: object) -> Agreement:
    """Return an agreement over another section."""
    section = {"code": "43-别处", "name": "别处"}
    return agreement(round_document(sections=[section]), id="other", **more)


def test_final_readings_make_an_account_that_is_published_once() -> None:
    with booking() as books:
        books.take(*months(4))
        books.take(*months(4))

        assert books.payments("2021-04") == [UPSTREAM_PAID]
        (event,) = books.published()
    assert (event["change"], event["state"], event["version"]) == ("first", "computed", 1)
    assert (event["agreement_id"], event["period"], event["origin"]) == ("shili", "2021-04", "43")
    assert [one["net_fen"] for one in event["statements"]] == [40_000_000, -40_000_000]


def test_raw_readings_make_an_insufficient_account_and_no_event() -> None:
    with booking() as books:
        books.take(*months(4, **RAW))

        assert books.account("2021-04").status == "insufficient"
        assert books.published() == []


def test_a_review_that_makes_readings_final_makes_the_account() -> None:
    with booking() as books:
        books.take(*months(4, **RAW))
        books.take(*months(4))

        assert books.account("2021-04").status == "computed"
        assert len(books.published()) == 1


def test_a_revision_turns_the_account_and_supersedes_its_event() -> None:
    with booking() as books:
        books.take(*months(4))
        books.take(corrected(measured(4, 0), 40.0))

        first, revision = books.published()
        assert books.payments("2021-04") == [DOWNSTREAM_PAID]
    assert (revision["change"], revision["supersedes"]) == ("revision", first["event_id"])
    assert (revision["version"], revision["tested_class"]) == (2, "劣Ⅴ")


def test_a_revision_changes_the_next_year_too_where_that_is_held_against_it() -> None:
    rule = {
        "kind": "annual_class",
        "target": "Ⅲ",
        "improving": {},
        "met": [transfer("43", "50", "40")],
        "missed": [transfer("50", "43", "40")],
    }
    more = {"clearing": "year", "min_months": 1, "valid_until": "2022-12-31"}
    terms = round_document(**more, rule=rule)
    with booking(agreement(terms)) as books:
        later = [of_2022(one) for one in (*months(3, codmn=9.0), *months(4))]
        books.take(*months(3, codmn=9.0), *months(4), *later)
        assert books.payments("2022") == [UPSTREAM_PAID]

        books.take(*(corrected(one, 2.0) for one in months(3, codmn=9.0)))
        assert books.payments("2021") == [UPSTREAM_PAID]
        assert books.payments("2022") == [DOWNSTREAM_PAID]
        assert "上年月达标 2/2,本年下降" in books.account("2022").reasons[0]


def of_2022(statement: Reading) -> Reading:
    """Return the same reading, taken a year of 365 days later."""
    return statement._replace(sampled_at_ms=statement.sampled_at_ms + 365 * 86_400_000)


def test_a_reading_marked_invalid_leaves_the_account() -> None:
    with booking() as books:
        books.take(*months(4), measured(4, 2, codmn=90.0))
        assert books.payments("2021-04") == [DOWNSTREAM_PAID]

        doubt = {"validity": "invalid", "validity_reason": "仪器故障"}
        books.take(corrected(measured(4, 2), 90.0, **doubt))

        assert books.payments("2021-04") == [UPSTREAM_PAID]
        assert books.account("2021-04").sections[0].excluded == 1


def test_a_revision_touches_exactly_the_accounts_that_depend_on_it() -> None:
    with booking(agreement(), elsewhere()) as books:
        there = months(3, 4, 5) + months(4, section_code="43-别处", section_name="别处")
        books.take(*there)
        before = {**books.accounts(), "other": books.accounts("other")}
        published = len(books.published())

        books.take(corrected(measured(4, 1), 30.0))

        after = {**books.accounts(), "other": books.accounts("other")}
        fresh = books.published()[published:]
    assert {name for name in after if after[name] != before[name]} == {"2021-04"}
    assert [(one["agreement_id"], one["period"]) for one in fresh] == [("shili", "2021-04")]


def test_a_section_of_no_agreement_changes_nothing() -> None:
    with booking() as books:
        books.take(*months(4, section_code="43-别处", section_name="别处"))

        assert books.accounts() == {}


def test_an_example_is_reckoned_and_never_published() -> None:
    with booking(agreement(example=True)) as books:
        books.take(*months(4))

        assert books.payments("2021-04") == [UPSTREAM_PAID]
        assert books.published() == []


def test_an_agreement_between_other_regions_is_not_followed() -> None:
    with booking(region="44") as books:
        books.take(*months(4))

        assert books.accounts() == {}


def test_back_filled_readings_make_accounts_that_say_so() -> None:
    with booking() as books:
        books.take(*months(4), mode="backfill")

        assert [one["mode"] for one in books.published()] == ["backfill"]


def test_a_year_that_is_cleared_at_its_end_follows_its_months() -> None:
    with booking(agreement(round_document(clearing="year"))) as books:
        books.take(*months(*range(1, 12)))
        assert books.account("2021").status == "insufficient"

        books.take(*months(12, codmn=30.0))

        assert books.account("2021").status == "computed"
        assert books.payments("2021") == [("43", "50", 440.0, None), DOWNSTREAM_PAID]
        assert not books.account("2021-12").clears


def test_a_year_under_an_annual_rule_follows_its_readings() -> None:
    rule = {
        "kind": "annual_class",
        "target": "Ⅲ",
        "met": [transfer("43", "50")],
        "missed": [transfer("50", "43")],
    }
    with booking(agreement(round_document(rule=rule, clearing="year"))) as books:
        books.take(*months(*range(1, 13)))
        assert books.payments("2021") == [UPSTREAM_PAID]

        books.take(corrected(measured(7, 0), 190.0))

        assert books.payments("2021") == [DOWNSTREAM_PAID]
        assert {one["period"] for one in books.published()} == {"2021"}


def test_new_terms_make_the_open_accounts_anew() -> None:
    tiers = [
        {
            "classes": ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"],
            "transfers": [transfer("43", "50", "70")],
        }
    ]
    with booking() as books:
        books.take(*months(4))
        books.close("2021-04")
        books.take(*months(5))
        with books.sessions.begin() as session:
            assert [one.id for one in books.book.outdated(session)] == ["shili"]
            fresh = agreement(round_document(rule=class_rule(tiers=tiers)))
            books.book.library.put(session, fresh, "湖南省财政厅", 1)
            books.book.rebuild(session, fresh)
            assert books.book.outdated(session) == []

        assert books.payments("2021-04") == [UPSTREAM_PAID]
        assert books.payments("2021-05") == [("43", "50", 70.0, None)]


def test_an_account_that_the_terms_no_longer_cover_is_withdrawn() -> None:
    with booking() as books:
        books.take(*months(4))
        with books.sessions.begin() as session:
            books.book.rebuild(session, agreement(round_document(valid_from="2021-05-01")))

        assert books.accounts() == {}
        first, withdrawal = books.published()
    assert (withdrawal["change"], withdrawal["supersedes"]) == ("withdrawal", first["event_id"])


def test_readings_that_were_there_before_the_agreement_make_its_accounts() -> None:
    with booking(elsewhere()) as books:
        books.take(*months(4))
        with books.sessions.begin() as session:
            books.book.library.put(session, agreement(), "湖南省财政厅", 1)
            for one in books.book.outdated(session):
                books.book.rebuild(session, one)

        assert books.payments("2021-04") == [UPSTREAM_PAID]
