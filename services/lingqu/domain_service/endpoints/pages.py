"""A page of what stands on a shelf, from a cursor on."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.noun import Document, Noun
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.service.paging import Page, page, position_of


def page_of(
    session: Session,
    noun: Noun,
    shelf: Shelf,
    conditions: Iterable[ColumnElement[bool]],
    limit: int,
    cursor: str | None,
) -> Page[Document]:
    """Return so many of the noun's documents, by key. Raises the error of a cursor of others."""
    found = shelf.page(session, conditions, position_of(noun.name, cursor), limit + 1)
    return page(noun.name, found, limit, noun.key_of)
