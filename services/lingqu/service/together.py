"""What many ask for at once, worked on together in one thread."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

Asked = TypeVar("Asked")
Told = TypeVar("Told")

_BATCH = 128


def each_alone(judge: Callable[[Asked], Told], asked: Iterable[Asked]) -> list[Told | Exception]:
    """Return for each what it comes to, or its exception: one must not fail its neighbours.

    What the database raises is everybody's, and is raised.
    """
    return [_alone(judge, one) for one in asked]


class Together(Generic[Asked, Told]):
    """Gathers what is asked while the thread works, and then hands all of it over at once.

    So many share two hand-overs between threads, and whatever else `work` lets them. It returns
    for each in turn what it comes to, or the exception to raise; what it raises itself is
    everybody's. Belongs to one event loop.
    """

    def __init__(
        self, name: str, work: Callable[[Sequence[Asked]], Sequence[Told | Exception]]
    ) -> None:
        self._work = work
        self._thread = ThreadPoolExecutor(1, name)
        self._waiting: deque[tuple[Asked, asyncio.Future[Told]]] = deque()
        self._working: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Told:
        """Wait for what it comes to; raises what `work` made of it."""
        told: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, told))
        if self._working is None:
            self._working = asyncio.create_task(self._work_on())
        return await told

    def close(self) -> None:
        self._thread.shutdown()

    async def _work_on(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _BATCH))]
            outcomes = await self._worked([asked for asked, _ in batch])
            for (_, told), outcome in zip(batch, outcomes, strict=True):
                if told.done():  # whoever asked waits no more
                    continue
                if isinstance(outcome, Exception):
                    told.set_exception(outcome)
                else:
                    told.set_result(outcome)
        self._working = None

    async def _worked(self, batch: Sequence[Asked]) -> Sequence[Told | Exception]:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._work, batch)
        except Exception as error:  # noqa: BLE001 - each who waits raises it
            return [error] * len(batch)


def _alone(judge: Callable[[Asked], Told], asked: Asked) -> Told | Exception:
    try:
        return judge(asked)
    except SQLAlchemyError:
        raise
    except Exception as error:  # noqa: BLE001 - handed to who asked
        return error
