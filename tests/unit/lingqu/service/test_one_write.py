from __future__ import annotations

import asyncio
from typing import cast

from lingqu.service.one_write import Gathering


class Wire:
    """A transport that remembers its writes."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str) -> str:
        return name


async def gathering(wire: Wire) -> Gathering:
    return Gathering(cast("asyncio.Transport", wire), asyncio.get_running_loop())


def test_what_is_written_in_one_turn_goes_out_as_one() -> None:
    async def scene(wire: Wire) -> None:
        transport = await gathering(wire)
        transport.write(b"head ")
        transport.write(b"body")
        assert wire.writes == []
        await asyncio.sleep(0)
        transport.write(b"next")
        await asyncio.sleep(0)

    wire = Wire()
    asyncio.run(scene(wire))
    assert wire.writes == [b"head body", b"next"]


def test_a_long_answer_does_not_pile_up() -> None:
    async def scene(wire: Wire) -> None:
        transport = await gathering(wire)
        for _ in range(10):
            transport.write(b"x" * 40_000)
        assert [len(each) for each in wire.writes] == [80_000] * 5

    asyncio.run(scene(Wire()))


def test_closing_writes_what_waits_and_nothing_after_it() -> None:
    async def scene(wire: Wire) -> None:
        transport = await gathering(wire)
        transport.write(b"last")
        transport.close()
        transport.write(b"too late")
        await asyncio.sleep(0)
        assert transport.get_extra_info("peername") == "peername"

    wire = Wire()
    asyncio.run(scene(wire))
    assert (wire.writes, wire.closed) == ([b"last"], True)
