"""In words, what is different between two contracts beside their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lingqu.contracts.cel.syntax import parse
from lingqu.contracts.cel.tree import Binary, Expression, NotColumnar
from lingqu.contracts.changes import Change
from lingqu.contracts.model import Contract, RuleSpec

_SETTINGS: Mapping[str, str] = {
    "title_zh": "the Chinese title",
    "title_en": "the English title",
    "steward": "the steward",
    "legal_basis": "the legal basis",
    "compatibility": "the compatibility level",
    "on_reject": "what follows a rejection",
}
_DAY_MS = 86_400_000


def terms_changes(old: Contract, new: Contract) -> list[Change]:
    """Return what the newer contract changes: key, partitions, rules, promises."""
    return [*_key(old, new), *_rules(old, new), *_settings(old, new)]


def _key(old: Contract, new: Contract) -> Iterator[Change]:
    if old.key != new.key:
        says = f"the key {'|'.join(old.key)} is now {'|'.join(new.key)}: order per key begins anew"
        yield Change("key", "key", says)
    if old.partitions != new.partitions:
        yield Change(
            "key",
            "partitions",
            f"{old.partitions} partitions are now {new.partitions}: keys move to other partitions,"
            " which only a new major may do",
        )


def _rules(old: Contract, new: Contract) -> Iterator[Change]:
    before = {rule.name: rule for rule in old.rules}
    for rule in new.rules:
        was = before.pop(rule.name, None)
        if was is None:
            says = f"rule {rule.name} added, which may refuse what was admitted: {rule.message}"
            yield Change("rule", rule.name, says)
        else:
            yield from _rule(was, rule)
    for name, rule in before.items():
        yield Change("rule", name, f"rule {name} removed: {rule.message}")


def _rule(old: RuleSpec, new: RuleSpec) -> Iterator[Change]:
    if _plain(old.expression) != _plain(new.expression):
        yield Change("rule", new.name, f"rule {new.name} {_turn(old.expression, new.expression)}")
    elif old.message != new.message:
        yield Change("rule", new.name, f"rule {new.name} says now: {new.message}")


def _turn(old: str, new: str) -> str:
    """Say which way a rule moved, where its form tells: a part joined by `&&` or `||`."""
    sides = f"from `{_plain(old)}` to `{_plain(new)}`"
    try:
        was, now = parse(old), parse(new)
    except NotColumnar:
        return f"changed {sides}, which may refuse what was admitted"
    if _more(was, now, "&&") or _more(now, was, "||"):
        return f"tightened {sides}, which may refuse what was admitted"
    if _more(now, was, "&&") or _more(was, now, "||"):
        return f"loosened {sides}"
    return f"changed {sides}, which may refuse what was admitted"


def _more(fewer: Expression, more: Expression, by: str) -> bool:
    """Say whether all parts of the one, joined by that operator, are parts of the other."""
    parts = list(_parts(more, by))
    return all(each in parts for each in _parts(fewer, by))


def _parts(tree: Expression, by: str) -> Iterator[Expression]:
    if isinstance(tree, Binary) and tree.op == by:
        yield from _parts(tree.left, by)
        yield from _parts(tree.right, by)
    else:
        yield tree


def _settings(old: Contract, new: Contract) -> Iterator[Change]:
    for name, called in _SETTINGS.items():
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield Change("setting", name, f"{called}, {was}, is now {now}")
    if old.retention_ms != new.retention_ms:
        days = old.retention_ms // _DAY_MS, new.retention_ms // _DAY_MS
        yield Change("setting", "retention_days", f"kept for {days[0]} days, now for {days[1]}")
    for name in ("latency_s", "completeness_percent"):
        was, now = getattr(old.sla, name), getattr(new.sla, name)
        if was != now:
            yield Change("setting", f"sla.{name}", f"sla.{name} {_said(was)} is now {_said(now)}")
    for major in sorted({*old.served_until, *new.served_until}):
        was, now = old.served_until.get(major), new.served_until.get(major)
        if was != now:
            says = f"v{major} is served until {now}" if now else f"v{major} is served without end"
            yield Change("setting", "majors", says)


def _plain(expression: str) -> str:
    return " ".join(expression.split())


def _said(value: object) -> str:
    return "none" if value is None else str(value)
