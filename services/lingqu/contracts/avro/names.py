"""The names of Avro types, fields and symbols."""

from __future__ import annotations

from lingqu.errors import ContractError


def full_name(name: str, space: str) -> str:
    """Return a name with its namespace; a dotted name brings its own, which may be empty."""
    own, dot, short = name.rpartition(".")
    if not dot:
        own = space
    return f"{own}.{short}" if own else short


def check_name(name: object, path: str) -> str:
    """Return a name that Avro Java takes: letters of any script, digits and _, no digit first.

    Raises ContractError. `path` says where it stands.
    """
    if isinstance(name, str) and name and all(map(_is_part, name)) and not name[0].isdecimal():
        return name
    raise ContractError(
        f"at {path}: {name!r} is no name; use letters, digits and _, and begin with no digit"
    )


def _is_part(letter: str) -> bool:
    """Tell whether Java's Character.isLetterOrDigit does; it sees no letter beyond U+FFFF."""
    return letter == "_" or ((letter.isalpha() or letter.isdecimal()) and letter <= "\uffff")
