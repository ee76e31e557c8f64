"""Which networks the hub may call where a partner names the address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from lingqu.errors import PermanentError

Network = IPv4Network | IPv6Network

# What answers there is this machine, its neighbours on the wire, or the cloud that it runs in:
# metadata are at 169.254.169.254 nearly everywhere, at 100.100.100.200 in Alibaba's, and at
# fd00:ec2::254 in Amazon's.
INTERNAL: Sequence[Network] = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32"),
            "100.100.100.200/32",
            *("::/128", "::1/128", "fe80::/10", "ff00::/8"),
            "fd00:ec2::254/128",
        ),
    )
)


class AddressRefusedError(PermanentError):
    """A partner's name or address leads to where the hub calls nobody."""

    def __init__(self, address: str, network: Network) -> None:
        super().__init__(
            f"the hub may not call {address}: it lies in {network}, which is refused to partners; "
            "correct the address in the agreement, or let the operator name its network in "
            "LINGQU_WORKER_ALLOWED_NETWORKS"
        )


@dataclass(frozen=True, slots=True)
class Networks:
    """What is refused, and what of it is allowed all the same; everything else is allowed."""

    refused: Sequence[Network] = INTERNAL
    allowed: Sequence[Network] = ()

    def permit(self, address: str) -> None:
        """Raise AddressRefusedError unless the hub may call that IP address."""
        peer = _plain(ip_address(address))
        network = _that_holds(peer, self.refused)
        if network is not None and _that_holds(peer, self.allowed) is None:
            raise AddressRefusedError(address, network)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 socket shows as `::ffff:…`."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _that_holds(address: IPv4Address | IPv6Address, networks: Iterable[Network]) -> Network | None:
    return next((network for network in networks if address in network), None)
