"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lingqu.errors import InputError
from lingqu_cli.instants import instant

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", ""),
        ("2026-11-22T16:00", "2026-11-22T16:00:00+08:00"),
        ("2026-11-22T08:00:00+00:00", "2026-11-22T08:00:00+00:00"),
        ("2026-11-22", "2026-11-22T00:00:00+08:00"),
        ("90m", "2026-11-22T06:30:00.000+00:00"),
        ("7d", "2026-11-15T08:00:00.000+00:00"),
    ],
)
def test_a_time_is_chinas_unless_it_says_whose(text: str, meant: str) -> None:
    assert instant(text, "--since", NOW) == meant


@pytest.mark.parametrize("text", ["yesterday", "12", "7w", "2026-13-01"])
def test_what_is_no_time_is_said_with_the_option(text: str) -> None:
    with pytest.raises(InputError, match=f"--until: '{text}' is no time; write 2026"):
        instant(text, "--until", NOW)
