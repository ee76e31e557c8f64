"""The accounts' own composition, so that the service's stays flat."""

from __future__ import annotations

from pathlib import Path

from lingqu.admission.region import RegionScope
from lingqu.clock import Clock
from lingqu_water.compensation.announcer import Announcer, Publisher
from lingqu_water.compensation.book import Book
from lingqu_water.compensation.library import Library, read_agreements
from lingqu_water.compensation.measured import MonthlyMeans
from lingqu_water.compensation.reckoning import Reckoning
from lingqu_water.compensation.tested import Tester
from lingqu_water.judgement.classify import Judge
from lingqu_water.readings.store import ReadingStore


def make_book(
    judge: Judge, scope: RegionScope, events: Publisher, clock: Clock, folder: Path | None = None
) -> Book:
    """Return the accounts of a hub, by what ships and what the operator's folder replaces or adds.

    `judge` is that of months. Raises ContractError naming the file that holds no agreement.
    """
    agreements = read_agreements(judge.items, folder)
    return Book(
        Library(agreements, scope, judge.items),
        Reckoning(ReadingStore(), Tester(MonthlyMeans(judge))),
        Announcer(events, clock),
    )
