"""What names people: withheld from lists and files, masked where it is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from lingqu.contracts.model import ContractVersion
from lingqu.domain_service.statements.noun import Document

_KINDS = frozenset({"personal", "sensitive_personal", "minor"})


def personal_fields(version: ContractVersion) -> frozenset[str]:
    """Return the fields of a contract that are about a person."""
    return frozenset(spec.path for spec in version.fields if spec.kind in _KINDS)


def masked(document: Mapping[str, Any], personal: Collection[str]) -> Document:
    """Return the document for a list: names and numbers masked, all else about a person left out.

    A name keeps its first character, a certificate number six and four, an insurance number four.
    """
    shown = {name: value for name, value in document.items() if name not in personal}
    for name, keep in (("psn_name", (1, 0)), ("certno", (6, 4)), ("psn_no", (0, 4))):
        if document.get(name):
            shown[name] = _kept(document[name], *keep)
    return shown


def still_told(
    given: Document, known: Mapping[str, Any] | None, personal: Collection[str]
) -> Document:
    """Return the statement with what it leaves out about the person as it was told before.

    Lists and exports withhold it, so that what comes back from them must not wipe it out.
    """
    if known is None:
        return given
    left_out = {name: known[name] for name in personal if known.get(name) is not None}
    return given | {name: value for name, value in left_out.items() if given.get(name) is None}


def _kept(text: str, first: int, last: int) -> str:
    if len(text) <= first + last:
        return "*" * len(text)
    return text[:first] + "*" * (len(text) - first - last) + text[len(text) - last :]
