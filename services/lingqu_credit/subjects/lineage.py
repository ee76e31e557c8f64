"""Who a subject is: renames, mergers, changes of code and cancellation, as of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

SubjectEvent = Literal["registered", "renamed", "merged", "uscc_changed", "cancelled"]
Tie = Literal["same", "merged"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a subject's identity, as its registrar stated it."""

    change_id: str
    uscc: str
    subject_event: SubjectEvent
    effective_on: date
    subject_name: str = ""
    former_name: str | None = None
    successor_uscc: str | None = None


@dataclass(frozen=True, slots=True)
class Forebear:
    """A code whose records count for a subject: the same subject before, or one it absorbed."""

    uscc: str
    tie: Tie
    since: date


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the subject with the day from which it held, where that is known."""

    name: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Identity:
    """A subject on a day; `successor` is set where its code has passed on to another."""

    uscc: str
    forebears: tuple[Forebear, ...] = ()
    names: tuple[Name, ...] = ()
    successor: str | None = None
    cancelled_on: date | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Return all codes whose records are this subject's."""
        return (self.uscc, *(each.uscc for each in self.forebears))

    def tie(self, uscc: str) -> Tie:
        """Return how a code of its records is tied to the subject."""
        return next((each.tie for each in self.forebears if each.uscc == uscc), "same")


class Lineage:
    """All changes that were told, in any order; what is not in effect yet says nothing."""

    def __init__(self, changes: Iterable[Change], day: date) -> None:
        self._of: defaultdict[str, list[Change]] = defaultdict(list)
        self._into: defaultdict[str, list[Change]] = defaultdict(list)
        for each in sorted(changes, key=lambda one: (one.effective_on, one.change_id)):
            if each.effective_on > day:
                continue
            self._of[each.uscc].append(each)
            if each.successor_uscc is not None:
                self._into[each.successor_uscc].append(each)

    def identity(self, uscc: str) -> Identity:
        """Return who the code stands for."""
        forebears = self._forebears(uscc)
        codes = [uscc, *(each.uscc for each in forebears if each.tie == "same")]
        own = self._of[uscc]
        ended = [each for each in own if each.subject_event == "cancelled"]
        passed = [each for each in own if each.successor_uscc is not None]
        return Identity(
            uscc,
            forebears,
            self._names(codes),
            passed[-1].successor_uscc if passed else None,
            ended[-1].effective_on if ended else None,
        )

    def _forebears(self, uscc: str) -> tuple[Forebear, ...]:
        """Return them nearest first; a circle of codes, which only an error makes, ends."""
        found: dict[str, Forebear] = {}
        waiting: list[tuple[str, Tie]] = [(uscc, "same")]
        while waiting:
            code, tie = waiting.pop(0)
            for change in self._into[code]:
                if change.uscc == uscc or change.uscc in found:
                    continue
                same = tie == "same" and change.subject_event == "uscc_changed"
                kind: Tie = "same" if same else "merged"
                found[change.uscc] = Forebear(change.uscc, kind, change.effective_on)
                waiting.append((change.uscc, kind))
        return tuple(found.values())

    def _names(self, codes: Sequence[str]) -> tuple[Name, ...]:
        """Return the names, the oldest first, each once."""
        changes = [each for code in codes for each in self._of[code]]
        changes.sort(key=lambda one: (one.effective_on, one.change_id))
        names: dict[str, Name] = {}
        for each in changes:
            if each.former_name and each.former_name not in names:
                names[each.former_name] = Name(each.former_name, None)
            if each.subject_name and each.subject_event in {"registered", "renamed"}:
                names.pop(each.subject_name, None)
                names[each.subject_name] = Name(each.subject_name, each.effective_on)
        return tuple(names.values())
