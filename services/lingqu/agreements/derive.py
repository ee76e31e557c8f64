"""The derived schema: what is left of a contract's schema under the terms of a view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from lingqu.agreements.masked_type import masked_type
from lingqu.agreements.masks import TELLS_NOTHING, FieldMask, MaskStep
from lingqu.agreements.model import Clearance, ViewTerms
from lingqu.agreements.names import Named, Names, Node
from lingqu.contracts.avro.profile import NEVER_SHARED
from lingqu.errors import ContractError

_GRADES = (1, 2, 3, 4, "important", "core")
_SAFE_DEFAULTS: tuple[object, ...] = (None, [], {})
_SHOWN, _WITHHELD = "shown", "withheld"


@dataclass(slots=True)
class Derivation:
    """One walk through a schema: leaves out, masks, and notes what it did.

    `always` are the top-level fields that can never be withheld; `place` begins each error.
    """

    names: Names
    terms: ViewTerms
    always: AbstractSet[str]
    place: str
    masks: dict[str, FieldMask] = field(default_factory=dict)
    withheld: dict[str, None] = field(default_factory=dict)
    _fates: dict[str, object] = field(default_factory=dict)

    def derive(self, node: Node, namespace: str = "", path: str = "") -> Node | None:
        """Return the type that the recipient sees, or None when nothing of it may be seen."""
        if named := self.names.find(node, namespace):
            return self._named(named, path)
        if isinstance(node, list):
            return _whole([self.derive(item, namespace, path) for item in node])
        if not isinstance(node, Mapping):
            return node
        for part in ("items", "values", "type"):
            if part in node and not (part == "type" and node["type"] in ("array", "map")):
                inner = self.derive(node[part], namespace, path)
                return None if inner is None else {**node, part: inner}
        return node

    def _named(self, named: Named, path: str) -> Named | None:
        if named.definition["type"] != "record":
            return named
        seen = [self._field(one, named, path) for one in named.definition["fields"]]
        fields = [one for one in seen if one is not None]
        if not fields:
            return None
        return Named(named.full_name, named.namespace, {**named.definition, "fields": fields})

    def _field(self, one: Mapping[str, Node], record: Named, parent: str) -> Node | None:
        path = f"{parent}.{one['name']}" if parent else str(one["name"])
        if path in self.always:
            return {**one, "type": self._inline(one["type"], record.namespace)}
        steps = self.terms.masks.get(path)
        if steps and steps[0].mask != "drop":
            return self._masked(one, record.namespace, path, tuple(steps))
        if steps:
            self._withhold(one, path, "has the mask drop")
            return None
        if cause := self._hidden(one, path):
            self._withhold(one, path, cause)
            return None
        kept = self.derive(one["type"], record.namespace, path)
        if kept is None:
            self._withhold(one, path, "has no field left inside")
            return None
        self._settle(path, _SHOWN)
        return _with_type(one, kept, unchanged=kept == self._inline(one["type"], record.namespace))

    def _masked(
        self, one: Mapping[str, Node], namespace: str, path: str, steps: tuple[MaskStep, ...]
    ) -> Node:
        whole = self._inline(one["type"], namespace)
        place = f"{self.place}, masks.{path}"
        cause = never_shared(one)
        if cause is not None and steps[0].mask not in TELLS_NOTHING:
            raise ContractError(
                f"{place}: the field {cause}, and {steps[0].mask} would tell something of it; use"
                " redact, or drop (which needs a default)"
            )
        kept, nulls = masked_type(whole, steps, place)
        self.masks[path] = FieldMask(path, steps, nulls)
        self._settle(path, self.masks[path])
        return _with_type(one, kept, unchanged=kept == whole)

    def _withhold(self, one: Mapping[str, Node], path: str, cause: str) -> None:
        if "default" not in one:
            raise ContractError(
                f"{self.place}: field {path!r} {cause} and must be withheld, but it has no"
                " default and so cannot be left out; mask it (redact, pseudonym, keep_first,"
                " keep_last), or give it a default in a new version of the contract"
            )
        self.withheld[path] = None
        self._settle(path, _WITHHELD)

    def _settle(self, path: str, fate: object) -> None:
        """Refuse a path that stands for two fields, in branches of a union, treated differently."""
        if self._fates.setdefault(path, fate) != fate:
            raise ContractError(
                f"{self.place}: {path!r} is a field in several branches of a union, which must be"
                " withheld and masked alike; name it in masks, or classify the branches alike"
            )

    def _hidden(self, one: Mapping[str, Node], path: str) -> str | None:
        if cause := above_clearance(one, self.terms.clearance):
            return cause
        return None if self._listed(path) else "is not in the view's fields"

    def _listed(self, path: str) -> bool:
        if self.terms.fields == "all":
            return True
        return any(
            name == path or path.startswith(f"{name}.") or name.startswith(f"{path}.")
            for name in self.terms.fields
        )

    def _inline(self, node: Node, namespace: str) -> Node:
        return inline(self.names, node, namespace)


def above_clearance(one: Mapping[str, Node], clearance: Clearance) -> str | None:
    """Say why the clearance does not reach a field; it never reaches an unclassified one."""
    grade, kind = one.get("grade"), one.get("kind")
    if cause := never_shared(one):
        return cause
    if _GRADES.index(grade) > _GRADES.index(clearance.grade):
        return f"has grade {grade}, above clearance.grade {clearance.grade}"
    if kind != "none" and kind not in clearance.kinds:
        return f"is of kind {kind}, which clearance.kinds does not name"
    return None


def never_shared(one: Mapping[str, Node]) -> str | None:
    """Say why no clearance reaches a field; None where one can."""
    grade, kind = one.get("grade"), one.get("kind")
    if grade not in _GRADES or kind is None:
        return "is not classified (grade, kind)"
    if grade == "core" or kind in NEVER_SHARED:
        return f"is {kind if kind in NEVER_SHARED else grade}, which is never shared"
    return None


def inline(names: Names, node: Node, namespace: str = "", within: tuple[str, ...] = ()) -> Node:
    """Return the type with every named type written out; refuse one that contains itself."""
    if named := names.find(node, namespace):
        return _inline_named(names, named, within)
    if isinstance(node, list):
        return [inline(names, item, namespace, within) for item in node]
    if not isinstance(node, Mapping):
        return node
    return {
        name: inline(names, value, namespace, within)
        if name in ("items", "values") or (name == "type" and value not in ("array", "map"))
        else value
        for name, value in node.items()
    }


def _inline_named(names: Names, named: Named, within: tuple[str, ...]) -> Named:
    if named.full_name in within:
        raise ContractError(
            f"schema: record {named.full_name!r} contains itself, so no view can be derived"
            " from it; write out as many levels as there are"
        )
    if named.definition["type"] != "record":
        return named
    deeper = (*within, named.full_name)
    fields = [
        {**one, "type": inline(names, one["type"], named.namespace, deeper)}
        for one in named.definition["fields"]
    ]
    return Named(named.full_name, named.namespace, {**named.definition, "fields": fields})


def paths(node: Node, parent: str = "") -> Iterator[str]:
    """Name every field of a type written out by `inline`, depth first."""
    if isinstance(node, list):
        for item in node:
            yield from paths(item, parent)
    elif isinstance(node, Named):
        for one in node.definition.get("fields", ()):
            path = f"{parent}.{one['name']}" if parent else str(one["name"])
            yield path
            yield from paths(one["type"], path)
    elif isinstance(node, Mapping):
        for part in ("items", "values", "type"):
            yield from paths(node.get(part), parent)


def _whole(parts: list[Node | None]) -> list[Node] | None:
    return None if None in parts else parts


def _with_type(one: Mapping[str, Node], kept: Node, *, unchanged: bool) -> Node:
    """Give the field its new type; a default of the old one is kept only where it is empty."""
    derived = {**one, "type": kept}
    if not unchanged and "default" in one and one["default"] not in _SAFE_DEFAULTS:
        del derived["default"]
    return derived
