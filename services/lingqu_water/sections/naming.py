"""A section as people name it when they look for something."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lingqu.errors import InputError
from lingqu_water.tables import SECTION

_NAMED_MOST = 5


def code_of(session: Session, section: str | None) -> str | None:
    """Return the code of the section of that code or name; an unknown one, or None, as it is.

    Raises InputError where several sections bear the name.
    """
    if section is None:
        return None
    code, name = SECTION.c.code, SECTION.c.name
    asked = select(code).where(or_(code == section, name == section)).order_by(code)
    codes: Sequence[str] = session.scalars(asked).all()
    if section in codes or not codes:
        return section
    if len(codes) > 1:
        some = ", ".join(codes[:_NAMED_MOST])
        raise InputError(
            f"{len(codes)} sections are named {section!r}; name one by its code, such as {some}"
        )
    return codes[0]
