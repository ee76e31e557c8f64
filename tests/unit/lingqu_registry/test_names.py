from __future__ import annotations

import pytest

from lingqu_registry.errors import RegistryError
from lingqu_registry.names import (
    Name,
    beside,
    check_scope,
    check_subject,
    context_named,
    full_name,
    scopes_of,
)


@pytest.mark.parametrize(
    ("text", "context", "bare", "full"),
    [
        ("a", ".", "a", "a"),
        (":.:a", ".", "a", "a"),
        (":.c:a", ".c", "a", ":.c:a"),
        (":.c:a:b", ".c", "a:b", ":.c:a:b"),
        (":.c:", ".c", "", ":.c:"),
        (":.c", ".c", "", ":.c:"),
        (":a:b", ".", ":a:b", ":a:b"),
        ("", ".", "", ""),
    ],
)
def test_a_name_is_a_context_and_what_is_bare(
    text: str, context: str, bare: str, full: str
) -> None:
    assert Name.of(text) == Name(context, bare)
    assert full_name(text) == full


@pytest.mark.parametrize(
    ("parent", "text", "full"),
    [(":.c:a", "b", ":.c:b"), (":.c:a", ":.d:b", ":.d:b"), ("a", "b", "b")],
)
def test_a_bare_name_is_in_its_parents_context(parent: str, text: str, full: str) -> None:
    assert beside(parent, text) == full


@pytest.mark.parametrize(
    ("subject", "scopes"),
    [
        ("a", ("a", "", ":.__GLOBAL:")),
        (":.c:a", (":.c:a", ":.c:", ":.__GLOBAL:")),
        (":.c:", (":.c:", ":.__GLOBAL:")),
        ("", ("", ":.__GLOBAL:")),
    ],
)
def test_settings_are_looked_for_outwards(subject: str, scopes: tuple[str, ...]) -> None:
    assert scopes_of(subject) == scopes


@pytest.mark.parametrize("text", ["c", ".c", ":.c:"])
def test_a_context_is_named_in_three_ways(text: str) -> None:
    assert context_named(text) == ".c"


@pytest.mark.parametrize("subject", ["", " ", "a\nb", "__GLOBAL", "__EMPTY", ":.c:", "x" * 1001])
def test_what_cannot_be_a_subject_is_42208(subject: str) -> None:
    with pytest.raises(RegistryError) as caught:
        check_subject(subject)
    assert caught.value.code == 42208


def test_a_context_may_be_configured_but_holds_no_subjects_of_all() -> None:
    check_scope(":.__GLOBAL:")
    check_scope(":.c:")
    with pytest.raises(RegistryError):
        check_subject(":.__GLOBAL:a")
    with pytest.raises(RegistryError):
        context_named("a:b")
