"""Rows judged by the code tables, so that the returned copy marks the cell that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lingqu.domain_service.imports.record_form import Complete, FieldError
from lingqu.domain_service.statements.noun import Document
from lingqu.sheets.problems import Problem
from lingqu_customs.checks import Checks


def judged(
    checks: Checks,
    noun: str,
    complete: Callable[[Document], Document],
    columns: Mapping[str, str] | None = None,
) -> Complete:
    """Return what completes a row and refuses it by its first wrong field.

    `columns` names the column of a field that has another name in the form.
    """
    named = columns or {}

    def finish(statement: Document) -> Document:
        whole = complete(statement)
        wrong = next(checks.problems(noun, whole), None)
        if wrong is not None:
            problem = Problem("rejected", wrong.sentence, wrong.sentence_zh)
            raise FieldError(named.get(wrong.field, wrong.field), problem)
        return whole

    return finish
