"""Small requests that come at once, taken in one transaction; each has its own answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy.exc import SQLAlchemyError

from lingqu.errors import RetriableError
from lingqu.service.idempotency import Answer
from lingqu_water.readings.model import Key
from lingqu_water.readings.posting import Posted, Posting

SMALL = 100


class PostingTogether:
    """Takes many requests as one batch where that comes to the same as one after the other.

    A transaction costs more than the few readings of a request. Those with an idempotency key, and
    those about a reading that another is about too, are taken by themselves, in their turn.
    """

    def __init__(self, posting: Posting) -> None:
        self._posting = posting

    def post(self, asked: Sequence[Posted]) -> list[Answer | Exception]:
        """Return the answer to each, or what is wrong with it."""
        return [answer for group in _groups(asked) for answer in self._answers(group)]

    def _answers(self, group: Sequence[Posted]) -> Sequence[Answer | Exception]:
        if len(group) == 1:
            return [self._alone(group[0])]
        try:
            return self._posting.post_all(group)
        except (SQLAlchemyError, RetriableError) as error:
            return [error] * len(group)
        except Exception:  # noqa: BLE001 - it is found, and raised, with the request at fault
            return [self._alone(each) for each in group]

    def _alone(self, posted: Posted) -> Answer | Exception:
        try:
            return self._posting.post(posted)
        except Exception as error:  # noqa: BLE001 - handed to who asked
            return error


def _groups(asked: Sequence[Posted]) -> Iterator[Sequence[Posted]]:
    """Yield, in their order, requests of one mode that say nothing about each other's readings."""
    for _, run in groupby(asked, lambda each: (each.mode, each.key)):
        group: list[Posted] = []
        about: set[Key] = set()
        for each in run:
            keys = {reading.key for reading in each.read.values()}
            if group and (each.key is not None or about & keys):
                yield group
                group, about = [], set()
            group.append(each)
            about |= keys
        yield group
