"""What a receipt code of customs means for the state of a declaration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_customs.lifecycle.state import State
from lingqu_customs.reference import read_reference

Family = Literal["single_window", "ceb", "manifest", "hub"]
Phase = Literal["full", "summary"]

_NEGATIVE = re.compile(r"-[0-9]+")


class Meaning(ClosedModel):
    """What a code means; without a state it changes nothing."""

    meaning: str
    state: State | None = None
    guaranteed: bool = False
    unexpected: bool = False
    phase: Phase = "full"
    note: str = ""


UNKNOWN = Meaning(meaning="未知回执代码", unexpected=True)


class CodeFamily(ClosedModel):
    """The codes of one kind of document, case-sensitive."""

    source: str
    codes: dict[str, Meaning]
    negative: Meaning | None = None


class _ReceiptFile(ClosedModel):
    families: dict[Family, CodeFamily]


@dataclass(frozen=True)
class ReceiptCodes:
    """All families of receipts, mapped to one set of states."""

    families: Mapping[Family, CodeFamily]

    def meaning(self, family: Family, code: str) -> Meaning:
        """Return what the code means; one that nobody knows is unexpected."""
        known = self.families.get(family)
        if known is None:
            return UNKNOWN
        found = known.codes.get(code)
        if found is None and known.negative is not None and _NEGATIVE.fullmatch(code):
            return known.negative
        return found or UNKNOWN


def load_receipt_codes(folder: Path | None = None) -> ReceiptCodes:
    """Return the codes of the folder, else those that ship with the service."""
    return ReceiptCodes(read_reference("receipts.yaml", _ReceiptFile, folder).families)
