"""Which form a table is of, told by its headings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lingqu.errors import InputError
from lingqu_water.forms.headings import Layout

FormName = Literal["hourly4", "snapshot", "rawjson", "template"]


@dataclass(frozen=True, slots=True)
class TableForm:
    """A form of table: the facts that it must have, and those that no other form has."""

    name: FormName
    needed: tuple[str, ...]
    telling: tuple[str, ...]
    looks_for: str


# The first whose telling facts are all there is the one; the last has none.
TABLE_FORMS = (
    TableForm(
        "template",
        ("province", "section_name", "sampled_at", "method", "data_level"),
        ("method",),
        "省份, 断面名称, 监测时间, 监测方式, 数据级别",
    ),
    TableForm(
        "snapshot",
        ("province", "section_name", "sampled_at", "published_class"),
        ("address",),
        "省份, 断面名称, 监测时间, 水质类别, address",
    ),
    TableForm(
        "hourly4",
        ("province", "section_name", "sampled_at", "published_class"),
        (),
        "省份, 断面名称, 监测时间, 水质类别",
    ),
)
FORMS: tuple[str, ...] = (*(form.name for form in TABLE_FORMS), "rawjson")


def table_form(layout: Layout, wanted: str, name: str) -> FormName:
    """Return the table's form; raise InputError naming the column that is missing."""
    by_name = {form.name: form for form in TABLE_FORMS}
    told = next(form for form in TABLE_FORMS if set(form.telling) <= set(layout.facts))
    form = told if wanted == "auto" else by_name.get(wanted)  # type: ignore[call-overload]
    if form is None:
        raise InputError(f"{name} is a table, not of the form {wanted}; leave out --form")
    missing = [fact for fact in form.needed if fact not in layout.facts]
    if missing or not layout.items:
        lacks = _column(missing[0]) if missing else "a column of values such as 氨氮(mg/L)"
        raise InputError(
            f"{name} looks like the form {form.name} but has no {lacks};"
            f" it has {', '.join(layout.heading)[:200]}"
        )
    found: FormName = form.name
    return found


def refuse_unknown(name: str, held: str) -> InputError:
    """Return the error for a file of no known form: what was looked for and what was found."""
    wanted = "; ".join(f"{form.name} (columns {form.looks_for})" for form in TABLE_FORMS)
    return InputError(
        f"{name} is of no known form. Known are: {wanted}; rawjson (JSON with thead and tbody)."
        f" Its first row holds: {held}. lingqu water template writes one to fill in"
    )


def known_form(wanted: str) -> str:
    """Return the name of a form that was asked for; raise InputError for an unknown one."""
    if wanted == "auto" or wanted in FORMS:
        return wanted
    raise InputError(f"there is no form {wanted!r}; there are auto, {', '.join(FORMS)}")


_COLUMNS = {
    "province": "省份",
    "section_name": "断面名称",
    "sampled_at": "监测时间",
    "published_class": "水质类别",
    "method": "监测方式",
    "data_level": "数据级别",
}


def _column(fact: str) -> str:
    return f"column {_COLUMNS[fact]}"
