"""`ruleSet` of a schema: kept and returned as sent; clients run the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lingqu_registry.errors import invalid_rule_set

RuleSet = Mapping[str, Any]

KINDS = ("TRANSFORM", "CONDITION")
MODES: Mapping[str, tuple[str, ...]] = {
    "migrationRules": ("UPGRADE", "DOWNGRADE", "UPDOWN"),
    "domainRules": ("WRITE", "READ", "WRITEREAD"),
    "encodingRules": ("WRITE", "READ", "WRITEREAD"),
}
ENABLED_AT = ("ALL", "CLIENT", "GATEWAY", "SERVER", "NONE")

_TEXTS = ("doc", "expr", "onSuccess", "onFailure")


def read_rule_set(value: Any, member: str = "ruleSet") -> RuleSet | None:
    """Return what was sent with its defaults written out, or None. Raises 42210 with the place."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise invalid_rule_set(f"{member} is no object")
    found: dict[str, Any] = {}
    names: set[str] = set()
    for group in MODES:
        rules = value.get(group) or []
        if not isinstance(rules, list):
            raise invalid_rule_set(f"{member}.{group} is no list")
        read = [
            _rule(rule, group, f"{member}.{group}[{place}]") for place, rule in enumerate(rules)
        ]
        for rule in read:
            if rule["name"] in names:
                raise invalid_rule_set(f"Found rule with duplicate name '{rule['name']}'")
            names.add(rule["name"])
        if read:
            found[group] = read
    if value.get("enableAt") is not None:
        found["enableAt"] = _one_of(value["enableAt"], ENABLED_AT, f"{member}.enableAt")
    return found


def merged_rule_sets(old: RuleSet | None, new: RuleSet | None) -> RuleSet | None:
    """Return the rules of both; a new rule replaces the old one of its name."""
    if old is None or new is None:
        return new if old is None else old
    found: dict[str, Any] = {}
    for group in MODES:
        names = {rule["name"] for rule in new.get(group, ())}
        rules = [rule for rule in old.get(group, ()) if rule["name"] not in names]
        if rules := [*rules, *new.get(group, ())]:
            found[group] = rules
    enabled = new.get("enableAt", old.get("enableAt"))
    return found | ({"enableAt": enabled} if enabled else {})


def without_rules(rule_set: RuleSet | None, names: Sequence[str]) -> RuleSet | None:
    if rule_set is None:
        return None
    kept = {
        group: [rule for rule in rule_set.get(group, ()) if rule["name"] not in names]
        for group in MODES
    }
    others = {name: each for name, each in rule_set.items() if name not in MODES}
    return {group: rules for group, rules in kept.items() if rules} | others


def rule_types(rule_set: RuleSet | None) -> set[str]:
    found = rule_set or {}
    return {str(rule["type"]) for group in MODES for rule in found.get(group, ())}


def _rule(rule: Any, group: str, place: str) -> dict[str, Any]:
    if not isinstance(rule, Mapping):
        raise invalid_rule_set(f"{place} is no object")
    found: dict[str, Any] = {"name": _name(rule.get("name"), place)}
    for member in _TEXTS:
        if rule.get(member) is not None:
            found[member] = _text(rule[member], f"{place}.{member}")
    found["kind"] = _one_of(rule.get("kind") or "TRANSFORM", KINDS, f"{place}.kind")
    found["mode"] = _one_of(rule.get("mode") or "WRITEREAD", MODES[group], f"{place}.mode")
    if rule.get("type") is None:
        raise invalid_rule_set(f"{place}: Missing rule type")
    found["type"] = _text(rule["type"], f"{place}.type")
    if tags := rule.get("tags"):
        if not isinstance(tags, list):
            raise invalid_rule_set(f"{place}.tags is no list")
        found["tags"] = sorted({_text(tag, f"{place}.tags") for tag in tags})
    if params := rule.get("params"):
        if not isinstance(params, Mapping):
            raise invalid_rule_set(f"{place}.params is no object")
        found["params"] = {
            name: _text(each, f"{place}.params.{name}") for name, each in sorted(params.items())
        }
    if not isinstance(rule.get("disabled") or False, bool):
        raise invalid_rule_set(f"{place}.disabled is neither true nor false")
    return found | {"disabled": bool(rule.get("disabled"))}


def _name(name: Any, place: str) -> str:
    if not isinstance(name, str) or not name:
        raise invalid_rule_set(f"{place}: Missing rule name")
    if not all(letter == "_" or letter.isalnum() for letter in name) or name[0].isdigit():
        raise invalid_rule_set(f"{place}: Illegal character in rule name: {name}")
    return name


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise invalid_rule_set(f"{place} is no string")
    return value


def _one_of(value: Any, known: Sequence[str], place: str) -> str:
    found = value.upper() if isinstance(value, str) else None
    if found is None or found not in known:
        raise invalid_rule_set(f"{place} is {value!r}; it is one of {', '.join(known)}")
    return found
