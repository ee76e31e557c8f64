"""Accounts are functions of the readings, and money neither appears nor vanishes."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.lingqu_water.compensation.books import booking, corrected, measured, months
from tests.unit.lingqu_water.compensation.given import (
    agreement,
    make_tester,
    reading,
    round_document,
)

from lingqu_water.compensation.account import Account, statements
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.months import month_account
from lingqu_water.compensation.years import annual_account, summed_account
from lingqu_water.period import Month, months_of_year
from lingqu_water.readings.model import Reading

PARTIES = ("43", "50", "52")
CLASSES = ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"]

AMOUNTS = st.none() | st.integers(0, 10**13).map(lambda fen: f"{fen}E-6")


@st.composite
def transfers(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return payments between the parties, some of them divided, some without an amount."""
    found = []
    for _ in range(draw(st.integers(0, 3))):
        payer, *others = draw(st.permutations(PARTIES))
        payees = draw(st.sampled_from([others, others[:1]]))
        shares = {payee: draw(st.integers(1, 9)) for payee in payees}
        found.append({"payer": payer, "payees": shares, "amount_wan": draw(AMOUNTS)})
    return found


@st.composite
def monthly_rules(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.booleans()):
        limits = [{"item": "codmn", "at_most": 6.0}]
        outcomes = {"met": draw(transfers()), "missed": draw(transfers())}
        return {"kind": "monthly_limits", "limits": limits, **outcomes}
    cut = draw(st.integers(1, 5))
    tiers = [
        {"classes": CLASSES[:cut], "transfers": draw(transfers())},
        {"classes": CLASSES[cut:], "transfers": draw(transfers())},
    ]
    target, accident = draw(st.sampled_from(CLASSES)), draw(transfers())
    return {"kind": "monthly_class", "target": target, "tiers": tiers, "on_accident": accident}


@st.composite
def annual_rules(draw: st.DrawFn) -> dict[str, Any]:
    outcomes = {"met": draw(transfers()), "missed": draw(transfers())}
    match draw(st.sampled_from(["annual_class", "pool_split", "p_index"])):
        case "annual_class":
            return {"kind": "annual_class", "target": draw(st.sampled_from(CLASSES)), **outcomes}
        case "pool_split":
            shares = st.dictionaries(st.sampled_from(PARTIES), st.integers(1, 9), min_size=1)
            costs = {"section": "43-示例", "loses": "43", "to": {"50": 1, "52": 2}}
            return {
                "kind": "pool_split",
                "target": draw(st.sampled_from(CLASSES)),
                "total_wan": draw(AMOUNTS),
                "contributed": draw(shares),
                "allotted": draw(shares),
                "on_miss": [costs],
            }
        case _:
            bands = [
                {"at_most": 1, "outcome": "met", "transfers": outcomes["met"]},
                {"at_most": None, "outcome": "missed", "transfers": outcomes["missed"]},
            ]
            items = [{"item": "codmn", "weight": 1, "base": draw(st.sampled_from([None, 3]))}]
            return {"kind": "p_index", "k0": "0.9", "items": items, "bands": bands}


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    """Return any agreement of three parties over one section."""
    annual = draw(st.booleans())
    terms = round_document(
        rule=draw(annual_rules() if annual else monthly_rules()),
        clearing="year" if annual else draw(st.sampled_from(["month", "year"])),
        cap_wan=draw(AMOUNTS),
        min_months=draw(st.integers(1, 12)),
    )
    parties = [{"region": code, "name": code, "role": "upstream"} for code in PARTIES]
    return agreement(terms, parties=parties)


def accounts(of: Agreement, values: list[list[float]], *, accident: bool) -> dict[str, Account]:
    """Return the accounts of a year whose months have these values of the permanganate index."""
    terms, tester = of.rounds[0], make_tester()
    found = {}
    for month, measured_values in zip(months_of_year(2021), values, strict=True):
        readings = [
            reading(0, {"codmn": value}, sampled_at_ms=month.from_ms + place)
            for place, value in enumerate(measured_values)
        ]
        tested, _ = tester.test(terms.sections[0], month, terms.measuring, readings)
        made = month_account(of, terms, month, [tested], accident=accident)
        found[str(month)] = made
    if terms.annual:
        year = annual_account(of, terms, 2021, found, tester.means, accident=accident)
        return {**found, "2021": year}
    summed = summed_account(of, 2021, found, ())
    return found if summed is None else {**found, "2021": summed}


VALUES = st.lists(
    st.lists(st.sampled_from([1.0, 5.0, 9.5, 30.0]), max_size=3), min_size=12, max_size=12
)


@settings(max_examples=60)
@given(agreements(), VALUES, st.booleans())
def test_the_sides_of_any_account_of_any_agreement_make_zero(
    of: Agreement, values: list[list[float]], accident: bool
) -> None:
    for account in accounts(of, values, accident=accident).values():
        sides = statements(account.lines, of.regions)
        assert sum(side.net_fen for side in sides) == 0
        paid = sum(line.amount_fen or 0 for line in account.lines)
        assert sum(side.pays_fen for side in sides) == paid
        assert {line.payer for line in account.lines} <= set(PARTIES)
        if account.status in {"insufficient", "tested"}:
            assert account.lines == ()
        if account.status == "computed":
            assert None not in {line.amount_fen for line in account.lines}


STATEMENTS = st.lists(
    st.tuples(
        st.sampled_from([3, 4]),
        st.integers(0, 2),
        st.sampled_from([1.0, 5.0, 30.0]),
        st.integers(0, 3),
        st.sampled_from(["raw", "final", "final"]),
        st.sampled_from(["valid", "valid", "invalid"]),
    ),
    min_size=1,
    max_size=7,
    unique_by=lambda one: one[:2] + one[3:5],
)


def stated(told: tuple[int, int, float, int, str, str]) -> Reading:
    month, place, codmn, later, level, validity = told
    statement = measured(month, place)
    reason = None if validity == "valid" else "仪器故障"
    return corrected(
        statement,
        codmn,
        as_of_ms=statement.as_of_ms + later,
        data_level=level,
        validity=validity,
        validity_reason=reason,
    )


@settings(max_examples=25)
@given(STATEMENTS, st.randoms(use_true_random=False))
def test_the_order_in_which_readings_arrive_means_nothing(
    told: list[tuple[int, int, float, int, str, str]], random: Random
) -> None:
    statements_made = [stated(one) for one in told]
    shuffled = random.sample(statements_made, len(statements_made))
    with booking() as one_by_one, booking() as at_once:
        for statement in shuffled:
            one_by_one.take(statement)
        at_once.take(*statements_made)

        assert one_by_one.accounts() == at_once.accounts()
        last = {event["period"]: event for event in one_by_one.published()}
        for event in at_once.published():
            twin = last[event["period"]]
            for name in ("status", "payments", "statements", "readings_digest", "sections"):
                assert twin[name] == event[name]


@settings(max_examples=25)
@given(st.sampled_from(range(1, 13)), st.sampled_from([1.0, 5.0, 30.0]))
def test_a_revision_changes_exactly_the_accounts_that_depend_on_it(
    number: int, codmn: float
) -> None:
    with booking() as books:
        books.take(*months(*range(1, 13)))
        before = books.accounts()

        books.take(corrected(measured(number, 0), codmn))

        after = books.accounts()
    assert {period for period in after if after[period] != before[period]} == {
        str(Month(2021, number))
    }
