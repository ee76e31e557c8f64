from __future__ import annotations

import pytest

from lingqu.errors import ConflictError
from lingqu_credit.records.states import ENDED, IllegalMoveError, check_move, legal_moves

STATES = ("effective", "disputed", "suspended", "changed", "revoked", "expired", "repaired")


@pytest.mark.parametrize("ended", sorted(ENDED))
@pytest.mark.parametrize("after", STATES)
def test_what_has_ended_goes_nowhere(ended: str, after: str) -> None:
    with pytest.raises(IllegalMoveError, match="it has ended"):
        check_move(ended, after, None)


@pytest.mark.parametrize("before", ["effective", "disputed", "suspended", "changed"])
def test_a_record_is_repaired_by_a_repair_alone(before: str) -> None:
    assert "repaired" not in legal_moves(before)
    with pytest.raises(IllegalMoveError):
        check_move(before, "repaired", "repaired")


@pytest.mark.parametrize("reason", ["revoked", "listed_in_error", "performed"])
def test_a_record_is_revoked_for_a_reason(reason: str) -> None:
    check_move("disputed", "revoked", reason)


@pytest.mark.parametrize(
    ("after", "reason"),
    [("revoked", None), ("revoked", "expired"), ("expired", "performed"), ("disputed", "revoked")],
)
def test_the_reason_has_to_fit_the_end(after: str, reason: str | None) -> None:
    with pytest.raises(ConflictError):
        check_move("effective", after, reason)
