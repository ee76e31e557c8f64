"""What an import of readings is asked for, beside what every import is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Query

from lingqu.domain_service.endpoints.imports import FormName, Name
from lingqu.domain_service.imports.forms import AUTO, Mode, Request

Collected = Annotated[
    date | datetime | None,
    Query(description="the day or time the table was taken; gives years and the order"),
]


def asked(
    name: Name, form: FormName = AUTO, collected_on: Collected = None, mode: Mode = "live"
) -> Request:
    """Return what is asked for, from the query."""
    return Request(name, form, mode, collected_on)
