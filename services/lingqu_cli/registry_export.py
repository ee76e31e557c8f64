"""Everything that a registry holds, read over its API in an order that stays."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lingqu_cli.registry_http import RegistryHttp, settings_path, subject_path
from lingqu_cli.registry_records import Contents, Record, Settings, Version

_AT_ONCE = 8
_ALL_CONTEXTS = ":*:"


class RegistryReader:
    """Reads settings and versions, the softly deleted too; what a registry lacks is left out."""

    def __init__(self, registry: RegistryHttp) -> None:
        self._registry = registry
        self.subjects: list[str] = []

    def scopes(self) -> list[str]:
        """Return everything, each context, each subject: what `records` goes through."""
        contexts = {name.strip(":") for name in self._registry.find("/contexts") or ()} - {"."}
        # A registry without contexts may take the prefix for a name's beginning, and find nothing.
        self.subjects = sorted(
            self._registry.find("/subjects", deleted="true", subjectPrefix=_ALL_CONTEXTS)
            or self._registry.find("/subjects", deleted="true")
            or ()
        )
        return ["", *(f":{name}:" for name in sorted(contexts)), *self.subjects]

    def records(self, scopes: list[str]) -> Iterator[list[Record]]:
        """Yield the records of each scope in turn, several being read at once."""
        with ThreadPoolExecutor(_AT_ONCE) as readers:
            try:
                yield from readers.map(self._scope, scopes)
            finally:
                readers.shutdown(cancel_futures=True)

    def _scope(self, scope: str) -> list[Record]:
        found: list[Record] = []
        settings = self.settings(scope)
        if settings.config or settings.mode:
            found.append(settings)
        if scope and not scope.endswith(":"):
            found += self._versions(scope)
        return found

    def settings(self, scope: str) -> Settings:
        config = self._registry.find(settings_path("config", scope))
        mode = self._registry.find(settings_path("mode", scope)) or {}
        return Settings(scope, _as_written(config), mode.get("mode"))

    def _versions(self, subject: str) -> Iterator[Version]:
        path = f"{subject_path(subject)}/versions"
        live = set(self._registry.find(path) or ())
        for number in self._registry.find(path, deleted="true") or sorted(live):
            body = self._registry.find(f"{path}/{number}", deleted="true")
            if body is not None:
                yield Version.of(body | {"subject": subject}, deleted=number not in live)


def contents_of(records: Iterator[list[Record]]) -> Contents:
    contents = Contents()
    for found in records:
        contents.settings.extend(each for each in found if isinstance(each, Settings))
        contents.versions.extend(each for each in found if isinstance(each, Version))
    return contents


def _as_written(config: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a configuration under the names with which it is set, not those it is read with."""
    if config is None:
        return None
    level = config.get("compatibilityLevel") or config.get("compatibility")
    others = {
        name: value
        for name, value in sorted(config.items())
        if name not in {"compatibilityLevel", "compatibility"}
    }
    return ({"compatibility": level} if level else {}) | others
