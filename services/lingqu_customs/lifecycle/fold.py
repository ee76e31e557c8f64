"""Receipts and amendments folded into the state that they leave a declaration in.

A receipt is a fact: one that does not follow from what stands leaves the state as it is and is an
anomaly. What happened counts in the order in which it happened, whatever order it came in and
however often; ties are settled by (time of receipt, rank of the state, id).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from lingqu_customs.codes.receipts import Meaning, Phase, ReceiptCodes
from lingqu_customs.lifecycle.facts import AmendmentKind, AmendmentStep, Fact, Receipt, Step
from lingqu_customs.lifecycle.state import MOVES, NAMES, RANK, State

_FOLLOWING: Mapping[Step | None, frozenset[Step]] = MappingProxyType(
    {
        # A step may never have reached us; only what was decided is not decided again.
        None: frozenset({"applied", "accepted", "granted", "refused"}),
        "applied": frozenset({"accepted", "granted", "refused", "cancelled"}),
        "accepted": frozenset({"granted", "refused", "cancelled"}),
        "granted": frozenset(),
        "refused": frozenset(),
        "cancelled": frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A fact that did not follow: its digest, and a sentence for whoever looks into it."""

    digest: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Application:
    """Where an application to amend or withdraw stands."""

    kind: AmendmentKind
    step: Step


@dataclass(frozen=True, slots=True)
class Standing:
    """What all facts together leave of a declaration."""

    state: State = "draft"
    guaranteed: bool = False
    phase: Phase | None = None
    as_of_ms: int = 0
    applications: Mapping[str, Application] = field(default_factory=dict)
    anomalies: tuple[Anomaly, ...] = ()
    last: Receipt | None = None


def fold(facts: Iterable[Fact], codes: ReceiptCodes) -> Standing:
    """Return what the facts come to; their order and repeats make no difference."""
    standing, last = Standing(), None
    for fact in _in_order(facts, codes):
        if isinstance(fact, Receipt):
            last = fact
            standing = _after_receipt(standing, fact, codes.meaning(fact.family, fact.code))
        else:
            standing = _after_step(standing, fact)
    return standing if last is None else replace(standing, last=last)


def _in_order(facts: Iterable[Fact], codes: ReceiptCodes) -> list[Fact]:
    once: dict[str, Fact] = {}
    for fact in facts:
        digest = fact.digest
        if digest not in once or fact.received_at_ms < once[digest].received_at_ms:
            once[digest] = fact

    def order(digest: str) -> tuple[int, int, int, str, str]:
        fact = once[digest]
        name = fact.receipt_id if isinstance(fact, Receipt) else fact.amendment_no
        return fact.event_at_ms, fact.received_at_ms, _rank(fact, codes), name, digest

    return [once[digest] for digest in sorted(once, key=order)]


def _rank(fact: Fact, codes: ReceiptCodes) -> int:
    if isinstance(fact, Receipt):
        state = codes.meaning(fact.family, fact.code).state
        return -1 if state is None else RANK[state]
    return RANK["withdrawn"] if fact.kind == "withdrawal" and fact.step == "granted" else -1


def _after_receipt(standing: Standing, receipt: Receipt, meaning: Meaning) -> Standing:
    target = meaning.state
    if meaning.unexpected:
        return _odd(standing, receipt, f"{_named(receipt, meaning)} asks for somebody to look")
    if target is None:
        return standing
    if meaning.phase == "summary" and standing.phase == "full":
        return _odd(standing, receipt, f"{_named(receipt, meaning)} came after the full entry")
    anew = standing.phase == "summary" and meaning.phase == "full"
    here: State = "submitted" if anew else standing.state
    if target != here and target not in MOVES[here]:
        sentence = f"{_named(receipt, meaning)} does not follow {NAMES[standing.state]}"
        return _odd(standing, receipt, sentence)
    return replace(
        standing,
        state=target,
        guaranteed=meaning.guaranteed if target == "released" else _kept(standing, target),
        phase=meaning.phase if anew or RANK[target] >= RANK["received"] else standing.phase,
        as_of_ms=receipt.event_at_ms,
    )


def _kept(standing: Standing, target: State) -> bool:
    """Tell whether a guarantee lasts: from release to clearance, unless customs begins again."""
    return standing.guaranteed and target == "cleared"


def _after_step(standing: Standing, step: AmendmentStep) -> Standing:
    before = standing.applications.get(step.amendment_no)
    if step.step not in _FOLLOWING[before.step if before else None]:
        done = f"after it was {before.step}" if before else "before anybody applied for it"
        sentence = f"amendment {step.amendment_no} is {step.step} {done}"
        return _odd(standing, step, sentence)
    withdraws = step.kind == "withdrawal" and step.step == "granted"
    if withdraws and "withdrawn" not in MOVES[standing.state]:
        sentence = f"withdrawal {step.amendment_no} is granted though {NAMES[standing.state]}"
        return _odd(standing, step, sentence)
    applications = {**standing.applications, step.amendment_no: Application(step.kind, step.step)}
    if not withdraws:
        return replace(standing, applications=applications)
    return replace(
        standing, state="withdrawn", applications=applications, as_of_ms=step.event_at_ms
    )


def _odd(standing: Standing, fact: Fact, sentence: str) -> Standing:
    anomaly = Anomaly(fact.digest, f"{sentence}; the state stays {NAMES[standing.state]}")
    return replace(standing, anomalies=(*standing.anomalies, anomaly))


def _named(receipt: Receipt, meaning: Meaning) -> str:
    return f"receipt {receipt.code} {meaning.meaning} ({receipt.receipt_id})"
