"""Another registry's contents brought into one of ours, with their ids, as often as one likes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from lingqu.errors import ConflictError, InputError
from lingqu_cli.registry_export import RegistryReader
from lingqu_cli.registry_http import RegistryHttp, RegistryRefusal, settings_path, subject_path
from lingqu_cli.registry_records import Contents, Settings, Version

_IMPORT = {"mode": "IMPORT"}
_CURE = "import into an empty registry, or under a name of its own with --context NAME"


@dataclass(slots=True)
class Tally:
    """What an import has done so far."""

    registered: int = 0
    deleted: int = 0
    set: int = 0

    @property
    def changed(self) -> int:
        return self.registered + self.deleted + self.set


class RegistryImport:
    """Brings versions in their order, what they refer to first, then the settings.

    Only what is missing is written, so that an import that was interrupted is simply begun again.
    A subject is in mode IMPORT while it is written, and gets its own mode back at the end, also
    after an error. Raises ConflictError at the first version that is another one here.
    """

    def __init__(self, target: RegistryHttp) -> None:
        self._target = target
        self._reader = RegistryReader(target)
        self._found_in: dict[str, str | None] = {}
        self._modes: dict[str, str | None] = {}
        self._importing: set[str] = set()
        self._present: dict[str, tuple[set[int], set[int]]] = {}
        self._tally = Tally()

    def bring(self, contents: Contents) -> Iterator[Tally]:
        """Bring all of it; yield the tally after each record."""
        wanted = {each.scope: each.mode for each in contents.settings}
        try:
            for version in in_order(contents.versions):
                self._bring(version)
                yield self._tally
        finally:
            for subject, mode in self._modes.items():
                self._set_mode(subject, wanted.get(subject) or mode)
        for settings in contents.settings:
            self._settle(settings)
            yield self._tally
        yield self._tally

    def _bring(self, wanted: Version) -> None:
        live, all_ = self._versions(wanted.subject)
        if wanted.version in all_:
            self._compare(wanted, deleted=wanted.version not in live)
        else:
            self._register(wanted)
        if wanted.deleted and wanted.version in live:
            self._target.ask("DELETE", f"{subject_path(wanted.subject)}/versions/{wanted.version}")
            live.discard(wanted.version)
            self._tally.deleted += 1
            if not live:
                self._importing.discard(wanted.subject)  # a subject's mode goes with its versions

    def _versions(self, subject: str) -> tuple[set[int], set[int]]:
        """Return the numbers of the live versions and of all, kept up to date from then on."""
        if subject not in self._present:
            path = f"{subject_path(subject)}/versions"
            live = set(self._target.find(path) or ())
            self._find_mode(subject)
            self._present[subject] = (live, set(self._target.find(path, deleted="true") or live))
        return self._present[subject]

    def _compare(self, wanted: Version, *, deleted: bool) -> None:
        path = f"{subject_path(wanted.subject)}/versions/{wanted.version}"
        here = Version.of(self._target.find(path, deleted="true"), deleted=deleted)
        place = f"{wanted.subject} version {wanted.version}"
        if here.id != wanted.id:
            raise ConflictError(
                f"{place} has id {wanted.id} there and id {here.id} in the registry at"
                f" {self._target.url}; {_CURE}"
            )
        if deleted and not wanted.deleted:
            raise ConflictError(f"{place} was deleted in the registry at {self._target.url}")
        if not self._same(here, wanted):
            raise ConflictError(
                f"{place} is another schema in the registry at {self._target.url}; {_CURE}"
            )

    def _same(self, here: Version, wanted: Version) -> bool:
        """Compare as they stand, and where that differs, by what the registry makes of it."""
        if here.content() == wanted.content():
            return True
        path = subject_path(wanted.subject)
        try:
            found = self._target.ask("POST", path, wanted.content(), deleted="true")
        except RegistryRefusal:
            return False
        return bool(found["id"] == wanted.id)

    def _register(self, wanted: Version) -> None:
        subject, place = wanted.subject, f"{wanted.subject} version {wanted.version}"
        self._open(subject)
        try:
            path = f"{subject_path(subject)}/versions"
            given = self._target.ask("POST", path, wanted.body())["id"]
        except RegistryRefusal as error:
            raise ConflictError(f"{place} with id {wanted.id} does not fit in: {error}") from error
        if given != wanted.id:
            raise ConflictError(
                f"{place} got id {given} instead of {wanted.id} in {self._target.url}; {_CURE}"
            )
        for numbers in self._versions(subject):
            numbers.add(wanted.version)
        self._tally.registered += 1

    def _open(self, subject: str) -> None:
        """Put the subject into mode IMPORT, and remember which it was found in."""
        if subject in self._importing:
            return
        self._target.ask("PUT", settings_path("mode", subject), _IMPORT, force="true")
        self._modes.setdefault(subject, self._found_in[subject])
        self._importing.add(subject)

    def _find_mode(self, subject: str) -> None:
        """Ask for a subject's mode; take up one that an import before this could not close."""
        mode = self._found_in[subject] = self._mode(subject)
        if mode == "IMPORT":
            self._modes[subject] = None
            self._importing.add(subject)

    def _settle(self, wanted: Settings) -> None:
        here = self._reader.settings(wanted.scope)
        if wanted.config and not _holds(here.config, wanted.config):
            self._target.ask("PUT", settings_path("config", wanted.scope), wanted.config)
            self._tally.set += 1
        if wanted.mode and here.mode != wanted.mode:
            self._set_mode(wanted.scope, wanted.mode)
            self._tally.set += 1

    def _set_mode(self, scope: str, mode: str | None) -> None:
        path = settings_path("mode", scope)
        if mode is None and self._mode(scope) is not None:
            self._target.ask("DELETE", path)
        elif mode is not None:
            self._target.ask("PUT", path, {"mode": mode}, force="true")

    def _mode(self, scope: str) -> str | None:
        found: str | None = (self._target.find(settings_path("mode", scope)) or {}).get("mode")
        return found


def in_order(versions: Sequence[Version]) -> list[Version]:
    """Return them so that each follows its subject's earlier ones and all that it refers to."""
    numbers: dict[str, list[int]] = {}
    for each in versions:
        numbers.setdefault(each.subject, []).append(each.version)
    by_place = {(each.subject, each.version): each for each in versions}
    graph: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for each in versions:
        known = numbers[each.subject]
        place = known.index(each.version)
        before = [(each.subject, known[place - 1])] if place else []
        used = [_used(each, reference, numbers) for reference in each.references]
        graph[each.subject, each.version] = [*before, *(one for one in used if one in by_place)]
    try:
        return [by_place[place] for place in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        around = " → ".join(f"{subject} version {version}" for subject, version in error.args[1])
        raise InputError(f"these schemas refer to each other in a circle: {around}") from error


def _used(user: Version, reference: Any, numbers: dict[str, list[int]]) -> tuple[str, int]:
    """Return the place a reference means: in the user's context, its latest version for -1."""
    subject, version = str(reference["subject"]), int(reference["version"])
    if user.subject.startswith(":") and not subject.startswith(":"):
        subject = user.subject[: user.subject.index(":", 1) + 1] + subject
    return subject, numbers[subject][-1] if version == -1 and subject in numbers else version


def _holds(here: Any, wanted: Any) -> bool:
    return json.dumps((here or {}) | wanted, sort_keys=True) == json.dumps(here, sort_keys=True)
