"""The form of a contract's events: its columns, its title and its examples."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import orjson

from lingqu.admission.rows import RowReader
from lingqu.contracts.examples import examples
from lingqu.contracts.model import Contract
from lingqu.domain_service.imports.contract_columns import columns_of
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.imports.record_rows import Complete
from lingqu.domain_service.statements.noun import Document

_EXAMPLES = 2


def contract_form(
    contract: Contract, *, leave_out: Collection[str] = (), complete: Complete | None = None
) -> RecordForm:
    """Return the form named after the event; its template shows the contract's first examples."""
    shown = [each for _, each in zip(range(_EXAMPLES), valid_examples(contract), strict=False)]
    return RecordForm(
        contract.event,
        contract.title_zh,
        columns_of(contract.latest(), leave_out=leave_out),
        complete=complete,
        examples=shown,
    )


def valid_examples(contract: Contract) -> Iterator[Document]:
    """Yield the examples of the newest major that are meant to be valid, as events carry them."""
    reader = RowReader(contract.latest().schema)
    for path, major, is_valid in examples(contract):
        if is_valid and major == contract.majors[-1]:
            row = reader.read(orjson.loads(path.read_bytes()))
            if isinstance(row, dict):
                yield row
