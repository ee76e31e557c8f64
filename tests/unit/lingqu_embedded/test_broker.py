"""What a broker is formatted with."""

from __future__ import annotations

import uuid

from lingqu_embedded.broker import cluster_id


def test_a_cluster_id_never_looks_like_an_option() -> None:
    ids = iter([uuid.UUID(bytes=b"\xfb" + bytes(15)), uuid.UUID(bytes=bytes(16))])

    assert cluster_id(lambda: next(ids)) == "A" * 22
