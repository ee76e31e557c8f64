"""The view of a subject where it has more records than an answer holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.support.clock import FakeClock
from tests.support.credit import code
from tests.support.credit_hubs import credit_hubs

from lingqu.instants import days
from lingqu_credit.endpoints.examples import example_of
from lingqu_credit.subjects.classification import load_classification
from lingqu_credit.subjects.view import SubjectView

pytestmark = pytest.mark.integration

START = datetime(2026, 6, 3, 2, 0, tzinfo=UTC)
TODAY = days(START.date())
USCC = code(7)


def test_a_view_says_of_which_kind_there_is_more(tmp_path: Path) -> None:
    with credit_hubs(tmp_path, FakeClock(START), "43") as (hunan,):
        records = hunan.parts.records
        told = example_of("licence") | {"uscc": USCC, "decided_on": TODAY, "valid_until": TODAY}
        records["licence"].declare([told, told | {"document_no": "另一号"}])
        for most, cut_off in ((1, ["licence"]), (2, [])):
            view = SubjectView(records, load_classification(), most)
            with hunan.reading() as session:
                found = view.of(session, USCC, TODAY)
            assert (len(found["records"]["licence"]), found["cut_off"]) == (most, cut_off)
