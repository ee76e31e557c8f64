"""A first look whether a cluster is there at all."""

from __future__ import annotations

import socket


def knock(addresses: str) -> None:
    """Raise OSError unless one of the brokers takes a connection.

    kafka-python would try for all its time and lose a socket at each refusal.
    """
    refused: OSError | None = None
    for address in addresses.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=3).close()
        except ValueError:
            return  # no port, or no number: the client says so
        except OSError as error:
            refused = error
        else:
            return
    if refused is not None:
        raise refused
