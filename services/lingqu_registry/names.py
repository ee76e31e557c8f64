"""Subjects by their full names: `:.context:subject`, and the scopes that settings apply to.

The default context is `.`, and its subjects are written bare. `:.context:` alone names a context;
`""` names the default one, and `:.__GLOBAL:` is what all contexts fall back on.
"""

from __future__ import annotations

from dataclasses import dataclass

from lingqu_registry.errors import invalid_subject

DEFAULT_CONTEXT = "."
GLOBAL_CONTEXT = ".__GLOBAL"
ROOT = ""
GLOBAL = f":{GLOBAL_CONTEXT}:"
ALL_CONTEXTS = ":*:"

_RESERVED = frozenset({"__GLOBAL", "__EMPTY"})
_LONGEST = 1000  # characters; PostgreSQL indexes about 2700 bytes


@dataclass(frozen=True, slots=True)
class Name:
    """A context and the bare name inside it, which is empty where the context itself is meant."""

    context: str
    bare: str

    @classmethod
    def of(cls, text: str) -> Name:
        if not text.startswith(":."):
            return cls(DEFAULT_CONTEXT, text)
        context, _, bare = text[1:].partition(":")
        return cls(context, bare)

    @property
    def full(self) -> str:
        return context_prefix(self.context) + self.bare


def context_prefix(context: str) -> str:
    """Return what the names of a context's subjects begin with."""
    return "" if context == DEFAULT_CONTEXT else f":{context}:"


def context_named(text: str) -> str:
    """Return the context of a path: `.a`, `a` and `:.a:` are the same one."""
    bare = text.removeprefix(":").removesuffix(":")
    if ":" in bare or not bare.isprintable():
        raise invalid_subject(text)
    return bare if bare.startswith(".") else f".{bare}"


def full_name(text: str) -> str:
    return Name.of(text).full


def beside(parent: str, text: str) -> str:
    """Return a subject as it is meant inside another's schema: bare is in the same context."""
    name = Name.of(text)
    context = Name.of(parent).context if name.context == DEFAULT_CONTEXT else name.context
    return Name(context, name.bare).full


def scopes_of(subject: str) -> tuple[str, ...]:
    """Return where settings are looked for, the nearest first."""
    context = context_prefix(Name.of(subject).context)
    return tuple(dict.fromkeys((subject, context, GLOBAL)))


def check_subject(subject: str) -> None:
    """Raise 42208 for what cannot be a subject."""
    name = Name.of(subject)
    if name.context == GLOBAL_CONTEXT or not name.bare.strip():
        raise invalid_subject(subject)
    check_scope(subject)


def check_scope(scope: str) -> None:
    """Raise 42208 for what can be neither a subject nor a context."""
    if not scope.isprintable() or len(scope) > _LONGEST or Name.of(scope).bare in _RESERVED:
        raise invalid_subject(scope)
    if Name.of(scope).context == ALL_CONTEXTS.strip(":"):
        raise invalid_subject(scope)


def is_storable(text: str) -> bool:
    """Tell whether a database may be asked for it; PostgreSQL's text has no zero character."""
    return "\x00" not in text
