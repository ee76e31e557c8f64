"""Periods, measures, classes and what the law lets be known of persons, as data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, TypeVar

from pydantic import Field

from lingqu.contracts.yaml_file import ClosedModel
from lingqu.domain_service.reference import Reference

_SHIPPED = Reference(__name__)

read_reference = _SHIPPED.read


class Dated(ClosedModel):
    """An edition of a table: it holds from its day until the next one's."""

    edition: str
    from_: Annotated[date, Field(alias="from")]


D = TypeVar("D", bound=Dated)


def in_force(editions: Iterable[D], day: date) -> D | None:
    """Return the edition in force on the day, None where none is loaded for it."""
    found = None
    for each in editions:
        if each.from_ <= day and (found is None or found.from_ < each.from_):
            found = each
    return found
