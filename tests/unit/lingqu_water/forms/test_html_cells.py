from __future__ import annotations

import pytest

from lingqu_water.forms.html_cells import cell_text, river_in, without_tags

NEW = "<span data-toggle='tooltip' data-placement='right' title='{}'>{}</span>"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("7.5", "7.5"),
        ("--", "--"),
        ("", ""),
        ("<span title='原始值：27.38'>27.4</span>", "27.38"),
        ('<span title="原始值：27.38">27.4</span>', "27.38"),
        (NEW.format("原始值：23.53071", "23.5"), "23.53071"),
        (NEW.format("原始值: 1.7E-05", "0"), "1.7E-05"),
        (NEW.format("极值过滤", "--"), "极值过滤"),
        (NEW.format("所在地市:密云区&#10;所属河流:潮河", "古北口"), "古北口"),
        (NEW.format("别的", "7.5"), "7.5"),
        (NEW.format("", "a &amp; b"), "a & b"),
        ("<b>7.5</b>", "7.5"),
        ("<span title='原始值：7.5'>7.5", "7.5"),
    ],
)
def test_the_original_value_is_preferred_to_the_displayed_one(cell: str, text: str) -> None:
    assert cell_text(cell) == text


@pytest.mark.parametrize(
    ("cell", "river"),
    [
        (NEW.format("所在地市:密云区&#10;所属河流:潮河", "古北口"), "潮河"),
        (NEW.format("所在地市:密云区&#10;所属河流:", "古北口"), None),
        ("古北口", None),
    ],
)
def test_the_river_stands_in_the_names_tooltip(cell: str, river: str | None) -> None:
    assert river_in(cell) == river


def test_headings_lose_their_tags() -> None:
    assert without_tags("水温<br/><span class='unit'>(℃)</span>") == "水温(℃)"
