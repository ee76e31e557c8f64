from __future__ import annotations

import pytest

from lingqu.errors import ConfigurationError
from lingqu.service.ports import port_of


@pytest.mark.parametrize(
    ("environ", "port"),
    [
        ({}, 8080),
        ({"LINGQU_PORT_OFFSET": "200"}, 8280),
        ({"LINGQU_GATE_WAY_PORT": "9"}, 9),
        ({"LINGQU_GATE_WAY_PORT": "9", "LINGQU_PORT_OFFSET": "200"}, 9),
    ],
)
def test_a_port_is_set_or_the_usual_one_moved(environ: dict[str, str], port: int) -> None:
    assert port_of("gate-way", 8080, environ) == port


@pytest.mark.parametrize("offset", ["two", "60000", "-9000"])
def test_an_offset_that_makes_no_port_is_refused(offset: str) -> None:
    with pytest.raises(ConfigurationError, match="LINGQU_PORT_OFFSET"):
        port_of("gateway", 8080, {"LINGQU_PORT_OFFSET": offset})


def test_a_port_out_of_range_is_said_with_the_range() -> None:
    with pytest.raises(ConfigurationError, match="8080 to 68080, and ports are 1 to 65535"):
        port_of("gateway", 8080, {"LINGQU_PORT_OFFSET": "60000"})
