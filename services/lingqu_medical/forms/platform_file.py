"""The platform's detailed account read from a file: every row of it, or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lingqu.errors import InputError, NotFoundError
from lingqu.sheets.opening import open_table
from lingqu.sheets.table import NoHeadingError
from lingqu_medical.forms.platform_account import load_layout, platform_form

_SHOWN_MOST = 5


def platform_rows(path: Path, reference: Path | None = None) -> list[dict[str, Any]]:
    """Return the rows as /v1/reconciliations takes them, read by the operator's layout or ours.

    Raises InputError naming the cells that cannot be read: a reconciliation that leaves rows out
    would find differences that are none.
    """
    form = platform_form(load_layout(reference))
    try:
        file = path.open("rb")
    except OSError as error:
        raise NotFoundError(f"{path} cannot be read: {error.strerror}") from error
    with file:
        try:
            table = open_table(file, path.name, form.recognises)
        except NoHeadingError as error:
            needed = ", ".join(column.heading for column in form.columns if column.required)
            raise InputError(
                f"{path.name} is no detailed account: it needs the columns {needed}, and its first "
                f"row holds: {error.held}. `lingqu medical template platform` writes a table to "
                "fill in; platform-account.yaml says what its columns are called"
            ) from error
        with form.read(table, path.name, table.close) as rows:
            read = list(rows)
    refused = [f"row {row.number}, {row.reason}" for row in read if row.statement is None]
    if refused:
        shown = "; ".join(refused[:_SHOWN_MOST])
        raise InputError(
            f"{path.name}: {len(refused)} rows cannot be read and nothing was reconciled: {shown}"
        )
    return [row.statement for row in read if row.statement is not None]
