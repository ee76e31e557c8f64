"""Paths as they were sent: subjects may hold slashes, and contexts may stand before the rest.

Routes match the path before its percent signs are decoded, so that `a%2Fb` is one subject; each
part is decoded on its own. `/contexts/{c}/…` is the same API with the context written into the
subjects, as Confluent's registry rewrites it.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, unquote, urlencode

from starlette.convertors import Convertor
from starlette.types import ASGIApp, Receive, Scope, Send

from lingqu_registry.endpoints.answers import refusal
from lingqu_registry.errors import RegistryError
from lingqu_registry.names import ALL_CONTEXTS, context_named, context_prefix

_CONTEXTS = "contexts"


class PathPart(Convertor[str]):
    """One part of a path, decoded: `{subject:part}`."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return unquote(value)

    def to_string(self, value: str) -> str:
        return quote(value, safe="")


class Addressing:
    """Gives the routes the undecoded path, without the base path and the context prefix."""

    def __init__(self, app: ASGIApp, base_path: str) -> None:
        self._app = app
        self._base_path = base_path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                self._address(scope)
            except RegistryError as error:
                await refusal(error.code, str(error), error.http_status)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _address(self, scope: Scope) -> None:
        path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
        path = path.partition("?")[0]
        if self._base_path and f"{path}/".startswith(f"{self._base_path}/"):
            path = path[len(self._base_path) :]
        path = path.rstrip("/") or "/"
        parts = path.split("/")[1:]
        if parts[0] == _CONTEXTS and len(parts) > 2:
            prefix = context_prefix(context_named(unquote(parts[1])))
            path = _in_context(prefix, parts[2:])
            scope["query_string"] = _query_in_context(prefix, path, scope["query_string"])
        scope["path"] = path


def _in_context(prefix: str, parts: list[str]) -> str:
    """Write the context into the part that names a subject, or append it where none does."""
    found = list(parts)
    if parts[0] in {"config", "mode"}:
        if len(parts) == 1 and prefix:
            return "/".join(["", parts[0], quote(prefix, safe="")])
        place = 1
    else:
        place = parts.index("subjects") + 1 if "subjects" in parts[:2] else len(parts)
    if place < len(parts):
        found[place] = _qualified(prefix, parts[place])
    return "/" + "/".join(found)


def _query_in_context(prefix: str, path: str, query: bytes) -> bytes:
    if path in {"/schemas", "/subjects"}:
        member = "subjectPrefix"
    elif path.startswith("/schemas/ids/"):
        member = "subject"
    else:
        return query
    sent = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    given = dict(sent).get(member, "")
    others = [each for each in sent if each[0] != member]
    return urlencode([*others, (member, unquote(_qualified(prefix, quote(given))))]).encode()


def _qualified(prefix: str, part: str) -> str:
    if unquote(part).startswith((":.", ALL_CONTEXTS)):
        return part
    return quote(prefix, safe="") + part
