from __future__ import annotations

import pytest

from lingqu.admission import RegionScope

HUB = RegionScope.of_hub("43", ("X-POST",))


@pytest.mark.parametrize("origin", ["43", "4306", "430602", "X-POST"])
def test_a_hub_speaks_for_its_region_what_it_prefixes_and_its_bodies(origin: str) -> None:
    assert HUB.admits(origin)


@pytest.mark.parametrize(
    "origin", ["44", "4", "431", "43060", "4306021", "43x6", "X-POST-2", "", None]
)
def test_a_hub_speaks_for_nobody_else(origin: str | None) -> None:
    assert not HUB.admits(origin)


def test_an_inbound_lane_is_limited_to_its_provider() -> None:
    provider = RegionScope(("44",))
    assert provider.admits("4401")
    assert not provider.admits("43")


def test_a_body_prefixes_nobody() -> None:
    assert not RegionScope(("X-4",)).admits("X-43")
