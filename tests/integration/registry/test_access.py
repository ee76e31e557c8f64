"""Who may not is told what somebody is told who asks for what does not exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.support.avro_schemas import V1, V2
from tests.support.registry import Api, calling, running_registry, sent

from lingqu.errors import ForbiddenError
from lingqu.service.auth import Access, Action, Caller

pytestmark = pytest.mark.integration


class ByHeader:
    """Recognises a caller by the name in a header."""

    def caller(self, headers: Mapping[str, str]) -> Caller:
        if headers.get("x-name") == "forged":
            raise ForbiddenError("the credentials are wrong")
        return Caller(headers.get("x-name", ""))


class OwnSubjects:
    """Permits everybody to read what is public, and callers all with subjects of their name."""

    def permits(self, caller: Caller, action: Action, resource: str) -> bool:
        subject = resource.removeprefix("subject:")
        if caller.name and subject.startswith(caller.name):
            return True
        return action is Action.READ and subject in {"public", ""}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("access")
    access = Access(ByHeader(), OwnSubjects())
    with running_registry(f"sqlite:///{folder / 'r.sqlite'}", folder, access) as url:
        for name in ("secret", "public"):
            with caller(url, name) as api:
                api.register(name, V1 if name == "public" else V2)
        yield url


@contextmanager
def caller(address: str, name: str) -> Iterator[Api]:
    with calling(address) as http:
        http.headers["X-Name"] = name
        yield Api(http)


REFUSED: list[tuple[str, str, Any]] = [
    ("GET", "/subjects/{}/versions", None),
    ("GET", "/subjects/{}/versions/1", None),
    ("GET", "/subjects/{}/versions/latest/schema", None),
    ("POST", "/subjects/{}", sent(V1)),
    ("DELETE", "/subjects/{}", None),
    ("DELETE", "/subjects/{}/versions/1", None),
]


def test_a_secret_subject_answers_as_one_that_does_not_exist(address: str) -> None:
    with caller(address, "nobody") as api:
        for method, path, body in REFUSED:
            for name in ("secret", "missing"):
                told = {"error_code": 40401, "message": f"Subject '{name}' not found."}
                assert api.call(method, path.format(name), body) == (404, told), (method, path)


def test_what_may_not_be_read_is_in_no_list_and_under_no_id(address: str) -> None:
    with caller(address, "nobody") as api, caller(address, "secret") as owner:
        schema_id = owner.ok("GET", "/subjects/secret/versions/1")["id"]
        guid = owner.ok("GET", f"/schemas/ids/{schema_id}")["guid"]
        api.play(
            [
                ("GET", "/subjects", ["public"]),
                ("GET", f"/schemas/ids/{schema_id}", (404, 40403)),
                ("GET", f"/schemas/ids/{schema_id}/versions", (404, 40403)),
                ("GET", f"/schemas/guids/{guid}", (404, 40403)),
                ("GET", "/subjects/public/versions", [1]),
                ("POST", "/subjects/public/versions", sent(V2), (404, 40401)),
                ("PUT", "/config", {"compatibility": "NONE"}, (404, 40401)),
                ("PUT", "/mode/public", {"mode": "READONLY"}, (404, 40401)),
            ]
        )
        owner.play([("PUT", "/config/secret", {"alias": "public"}, (404, 40401))])
        assert [each["subject"] for each in api.ok("GET", "/schemas")] == ["public"]


def test_a_caller_who_is_not_recognised_is_refused(address: str) -> None:
    with caller(address, "forged") as api:
        assert api.code("GET", "/subjects") == (403, 403)
