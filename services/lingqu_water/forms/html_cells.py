"""Cells of the publishing interface: HTML that shows a rounded value and holds the original one."""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

from lingqu_water.forms.values import FILTERED

_SPAN = re.compile(r"\s*<span\b([^>]*)>(.*?)</span>\s*", re.DOTALL)
_TITLE = re.compile(r"""\btitle\s*=\s*(?:'([^']*)'|"([^"]*)")""")
_TAG = re.compile(r"<[^>]*>")
_ORIGINAL = re.compile(r"原始值\s*[:：]\s*(.+)", re.DOTALL)
_RIVER = re.compile(r"所属河流\s*[:：]\s*([^\r\n]+)")


class _Span(NamedTuple):
    title: str
    text: str


def cell_text(cell: str) -> str:
    """Return the original value where the cell has one, the filter's mark, else what is shown."""
    if "<" not in cell:
        return cell
    span = _span(cell)
    original = _ORIGINAL.fullmatch(span.title)
    if original:
        return original[1].strip()
    return FILTERED if FILTERED in span.title else span.text


def river_in(cell: str) -> str | None:
    """Return the river that the tooltip of a section's name tells."""
    if "<" not in cell:
        return None
    found = _RIVER.search(_span(cell).title)
    return found[1].strip() or None if found else None


def without_tags(text: str) -> str:
    return unescape(_TAG.sub("", text)).strip()


def _span(cell: str) -> _Span:
    span = _SPAN.fullmatch(cell)
    if span is None:
        return _Span("", without_tags(cell))
    title = _TITLE.search(span[1])
    held = (title[1] or title[2] or "") if title else ""
    return _Span(unescape(held).strip(), without_tags(span[2]))
