"""Where commands reach a service."""

from __future__ import annotations

from lingqu.domain_service.commands.serving import path_of


def test_a_name_stays_one_part_of_the_path_whatever_it_holds() -> None:
    assert path_of("alerts", "a/b?c 一", "verify") == "/v1/alerts/a%2Fb%3Fc%20%E4%B8%80/verify"
