"""Whether two definitions of one name say the same, whatever they add in docs and aliases."""

from __future__ import annotations

from lingqu.contracts.avro.types import Array, Enum, Fixed, Map, Primitive, Record, Type, Union


def is_same(one: Record | Enum | Fixed, other: Record | Enum | Fixed) -> bool:
    """Compare two definitions; types that they name are the same where they are one."""
    if one.props != other.props:
        return False
    match one, other:
        case Record(), Record():
            fields = list(zip(one.fields, other.fields, strict=False))
            return len(one.fields) == len(other.fields) and all(
                (left.name, left.default, left.order, left.props)
                == (right.name, right.default, right.order, right.props)
                and _is_alike(left.type, right.type)
                for left, right in fields
            )
        case Enum(), Enum():
            return one.symbols == other.symbols
        case Fixed(), Fixed():
            return one.size == other.size
        case _:
            return False


def _is_alike(one: Type, other: Type) -> bool:
    match one, other:
        case Primitive(), Primitive():
            return (one.kind, one.props) == (other.kind, other.props)
        case Array(), Array():
            return one.props == other.props and _is_alike(one.items, other.items)
        case Map(), Map():
            return one.props == other.props and _is_alike(one.values, other.values)
        case Union(), Union():
            return len(one.branches) == len(other.branches) and all(
                map(_is_alike, one.branches, other.branches)
            )
        case _:
            return one is other
