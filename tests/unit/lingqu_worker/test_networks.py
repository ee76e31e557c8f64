"""What lies in a refused network is not called, by whichever way its address is written."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from lingqu.errors import ConfigurationError
from lingqu_worker.networks import AddressRefusedError, Networks
from lingqu_worker.settings import WorkerSettings

INSIDE = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "169.254.169.254",
    "100.100.100.200",
    "224.0.0.1",
    "::1",
    "::",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
]
OUTSIDE = ["10.1.2.3", "100.100.100.201", "192.168.7.1", "203.0.113.9", "fd00::1", "2001:db8::1"]


def settings(monkeypatch: pytest.MonkeyPatch, **more: str) -> WorkerSettings:
    for name, value in {"LINGQU_REGION": "43", **more}.items():
        monkeypatch.setenv(name, value)
    return WorkerSettings.load()


@pytest.mark.parametrize("address", INSIDE)
def test_a_production_hub_calls_neither_itself_nor_its_cloud(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks = settings(monkeypatch).networks
    with pytest.raises(AddressRefusedError, match="LINGQU_WORKER_ALLOWED_NETWORKS") as refused:
        networks.permit(address)
    assert f"may not call {address}: it lies in " in str(refused.value)


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_production_hub_calls_everybody_else(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(monkeypatch).networks.permit(address)


@pytest.mark.parametrize("address", [*INSIDE, *OUTSIDE])
def test_a_demo_calls_everybody(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, LINGQU_PROFILE="demo").networks.permit(address)


def test_the_operators_list_takes_the_place_of_the_usual_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = {"LINGQU_WORKER_REFUSED_NETWORKS": "10.0.0.0/8,fd00::/8"}
    networks = settings(monkeypatch, LINGQU_PROFILE="demo", **refused).networks
    networks.permit("127.0.0.1")
    for address in ("10.200.0.1", "fd12::1"):
        with pytest.raises(AddressRefusedError):
            networks.permit(address)


def test_what_is_allowed_may_lie_in_what_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    only = {
        "LINGQU_WORKER_REFUSED_NETWORKS": "0.0.0.0/0,::/0",
        "LINGQU_WORKER_ALLOWED_NETWORKS": "203.0.113.0/24",
    }
    networks = settings(monkeypatch, **only).networks
    networks.permit("203.0.113.9")
    networks.permit("::ffff:203.0.113.9")
    with pytest.raises(AddressRefusedError):
        networks.permit("203.0.114.9")


def test_an_empty_list_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, LINGQU_WORKER_REFUSED_NETWORKS="").networks.permit("127.0.0.1")


def test_what_is_no_network_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="LINGQU_WORKER_ALLOWED_NETWORKS"):
        settings(monkeypatch, LINGQU_WORKER_ALLOWED_NETWORKS="10.0.0.1/8")


def test_the_sentence_names_the_network() -> None:
    networks = Networks((ip_network("2001:db8:7::/48"),))
    with pytest.raises(AddressRefusedError, match="2001:db8:7::9: it lies in 2001:db8:7::/48"):
        networks.permit("2001:db8:7::9")
