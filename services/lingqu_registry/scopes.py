"""What is configured where a subject stands: its own, then its context's, then everybody's.

Each member counts from the nearest scope that sets it. The mode READONLY_OVERRIDE of the default
context holds for all, whatever else is set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from lingqu_registry.errors import invalid_level, invalid_mode, invalid_setting, not_permitted
from lingqu_registry.levels import Level, level_named
from lingqu_registry.metadata import Metadata, merged_metadata, read_metadata
from lingqu_registry.names import ROOT, Name, scopes_of
from lingqu_registry.rules import RuleSet, merged_rule_sets, read_rule_set
from lingqu_registry.store.reads import Reads

Mode = Literal["READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT"]
MODES: tuple[Mode, ...] = get_args(Mode)
READ_ONLY_MODES = frozenset({"READONLY", "READONLY_OVERRIDE"})
POLICIES = ("STRICT", "LENIENT", "LOGICAL")

_BOOLEANS = ("normalize", "validateFields", "validateNewSchemas", "validateRules")
_TEXTS = ("alias", "compatibilityGroup")
_METADATA = ("defaultMetadata", "overrideMetadata")
_RULE_SETS = ("defaultRuleSet", "overrideRuleSet")


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration and mode in force for one subject."""

    level: Level
    mode: Mode
    members: Mapping[str, Any]

    @property
    def normalize(self) -> bool:
        return bool(self.members.get("normalize"))

    @property
    def group(self) -> str | None:
        """Return the metadata property whose value tells which versions must be compatible."""
        return self.members.get("compatibilityGroup")

    @property
    def changes_contracts(self) -> bool:
        """Tell whether metadata or rules are added to what is registered."""
        return any(self.members.get(name) for name in (*_METADATA, *_RULE_SETS))

    def metadata(self, given: Metadata | None) -> Metadata | None:
        """Return the default under what was given, under the override."""
        merged = merged_metadata(self.members.get("defaultMetadata"), given)
        return merged_metadata(merged, self.members.get("overrideMetadata"))

    def rule_set(self, given: RuleSet | None) -> RuleSet | None:
        merged = merged_rule_sets(self.members.get("defaultRuleSet"), given)
        return merged_rule_sets(merged, self.members.get("overrideRuleSet"))


class Scopes:
    """The configurations and modes of some subjects' scopes, and of those that they stand for."""

    def __init__(self, reads: Reads, subjects: Collection[str]) -> None:
        self._scopes: set[str] = set()
        self._configs: dict[str, dict[str, Any]] = {}
        self._modes: dict[str, str] = {}
        self._read(reads, subjects)
        self._read(reads, map(self.aliased, subjects))

    def _read(self, reads: Reads, subjects: Iterable[str]) -> None:
        """Read what is set for these subjects, as far as it is not known yet."""
        new = {scope for each in subjects for scope in scopes_of(each)} | {ROOT}
        if new := new - self._scopes:
            configs, modes = reads.settings(new)
            self._scopes |= new
            self._configs |= configs
            self._modes |= modes

    def of(self, subject: str, default_level: Level) -> Settings:
        members: dict[str, Any] = {}
        for scope in reversed(scopes_of(subject)):
            members |= self._configs.get(scope, {})
        level = members.get("compatibility") or default_level
        return Settings(cast("Level", level), self.mode_of(subject), members)

    def mode_of(self, subject: str) -> Mode:
        if self._modes.get(ROOT) == "READONLY_OVERRIDE":
            return "READONLY_OVERRIDE"
        found = next(
            (self._modes[each] for each in scopes_of(subject) if each in self._modes), None
        )
        return cast("Mode", found or "READWRITE")

    def aliased(self, subject: str) -> str:
        """Return the subject that this one is an alias of, or itself."""
        return str(self._configs.get(subject, {}).get("alias") or subject)


def aliased(reads: Reads, subject: str) -> str:
    """Return the subject that this one is an alias of, or itself."""
    return Scopes(reads, [subject]).aliased(subject)


def check_writable(subject: str, mode: Mode) -> None:
    """Raise 42205 where the mode is one of those that only read."""
    if mode in READ_ONLY_MODES:
        context = Name.of(subject).context
        raise not_permitted(f"Subject {subject} in context {context} is in read-only mode")


def mode_named(value: Any) -> Mode:
    """Return the mode of a name in any case. Raises 42204, or 42205 for FORWARD."""
    name = value.strip().upper() if isinstance(value, str) else None
    for mode in MODES:
        if name == mode:
            return mode
    if name == "FORWARD":
        raise not_permitted("this registry forwards to no other; FORWARD is not supported")
    raise invalid_mode()


def read_config(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a request that are known; null takes one back.

    Raises 42203 with the member's name, 42210 for rules.
    """
    found: dict[str, Any] = {}
    for member in ("compatibility", *_BOOLEANS, *_TEXTS, "compatibilityPolicy"):
        if member in body:
            found[member] = None if body[member] is None else _setting(member, body[member])
    for member in _METADATA:
        if member in body:
            found[member] = read_metadata(body[member], member)
    for member in _RULE_SETS:
        if member in body:
            found[member] = read_rule_set(body[member], member)
    if not found:
        raise invalid_level()
    return found


def without_nulls(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _setting(member: str, value: Any) -> Any:
    if member == "compatibility":
        return level_named(value)
    if member in _BOOLEANS:
        return _checked(member, value, isinstance(value, bool), "true or false")
    if member == "compatibilityPolicy":
        value = value.upper() if isinstance(value, str) else value
        return _checked(member, value, value in POLICIES, f"one of {', '.join(POLICIES)}")
    return _checked(member, value, isinstance(value, str) and "\x00" not in value, "a string")


def _checked(member: str, value: Any, holds: bool, kind: str) -> Any:
    if not holds:
        raise invalid_setting(member, kind)
    return value
