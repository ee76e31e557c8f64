from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from lingqu_registry.endpoints.addressing import Addressing


async def nothing(*_: Any) -> None:
    """Stand for the app behind."""


def addressed(path: str, query: str = "") -> tuple[str, dict[str, list[str]]]:
    scope = {"raw_path": path.encode(), "path": path, "query_string": query.encode()}
    Addressing(nothing, "/apis/ccompat/v7/")._address(scope)
    query_string: bytes = scope["query_string"]  # type: ignore[assignment]
    return str(scope["path"]), parse_qs(query_string.decode(), keep_blank_values=True)


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ("/", "/"),
        ("/subjects", "/subjects"),
        ("/subjects/a%2Fb/versions", "/subjects/a%2Fb/versions"),
        ("/compatibility/subjects/a/versions/", "/compatibility/subjects/a/versions"),
        ("/apis/ccompat/v7", "/"),
        ("/apis/ccompat/v7/subjects", "/subjects"),
        ("/apis/ccompat/v77", "/apis/ccompat/v77"),
        ("/contexts", "/contexts"),
        ("/contexts/.c", "/contexts/.c"),
        ("/contexts/.c/subjects/a%2Fb/versions/1", "/subjects/%3A.c%3Aa%2Fb/versions/1"),
        ("/contexts/c/subjects/:.d:a", "/subjects/:.d:a"),
        ("/contexts/c/subjects/%3A.d%3Aa", "/subjects/%3A.d%3Aa"),
        ("/contexts/:.:/subjects/a", "/subjects/a"),
        ("/contexts/.c/config", "/config/%3A.c%3A"),
        ("/contexts/.c/mode/a", "/mode/%3A.c%3Aa"),
        ("/contexts/:.:/mode", "/mode"),
        (
            "/apis/ccompat/v7/contexts/.c/compatibility/subjects/a/versions/",
            "/compatibility/subjects/%3A.c%3Aa/versions",
        ),
        ("/contexts/.c/schemas/types", "/schemas/types"),
    ],
)
def test_a_path_reaches_the_routes_undecoded(sent: str, path: str) -> None:
    assert addressed(sent) == (path, {})


@pytest.mark.parametrize(
    ("sent", "query", "expected"),
    [
        ("/contexts/.c/subjects", "", {"subjectPrefix": [":.c:"]}),
        ("/contexts/.c/subjects", "subjectPrefix=a%20b", {"subjectPrefix": [":.c:a b"]}),
        ("/contexts/.c/schemas", "subjectPrefix=:*:a", {"subjectPrefix": [":*:a"]}),
        ("/contexts/.c/schemas/ids/1", "", {"subject": [":.c:"]}),
        ("/contexts/.c/schemas/ids/1", "subject=a&x=1", {"subject": [":.c:a"], "x": ["1"]}),
        ("/contexts/.c/schemas/ids/1/versions", "subject=:.d:a", {"subject": [":.d:a"]}),
        ("/subjects", "subjectPrefix=a", {"subjectPrefix": ["a"]}),
    ],
)
def test_a_context_before_the_path_narrows_the_query(
    sent: str, query: str, expected: dict[str, list[str]]
) -> None:
    assert addressed(sent, query)[1] == expected
