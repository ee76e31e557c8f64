"""Rows judged by the code tables, so that the returned copy marks the cell that is wrong."""

from __future__ import annotations

from collections.abc import Callable

from lingqu.domain_service.imports.record_rows import Complete, FieldError
from lingqu.domain_service.statements.noun import Document
from lingqu.sheets.problems import Problem
from lingqu_customs.checks import Checks


def judged(checks: Checks, noun: str, complete: Callable[[Document], Document]) -> Complete:
    """Return what completes a row and refuses it by its first wrong field."""

    def finish(statement: Document) -> Document:
        whole = complete(statement)
        wrong = next(checks.problems(noun, whole), None)
        if wrong is not None:
            problem = Problem("rejected", wrong.sentence, wrong.sentence_zh)
            raise FieldError(wrong.field, problem)
        return whole

    return finish
