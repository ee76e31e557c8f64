"""A view: what a recipient may see of a contract's events, compiled so that doubt withholds."""

from __future__ import annotations

import difflib
import hashlib
import json
from dataclasses import dataclass

from lingqu.agreements.derive import Derivation, inline, paths
from lingqu.agreements.masks import FieldMask
from lingqu.agreements.model import ViewTerms
from lingqu.agreements.names import Names, fold
from lingqu.contracts.envelope import ENVELOPE_FIELDS
from lingqu.contracts.model import Contract, ContractVersion
from lingqu.contracts.rules import compile_rule
from lingqu.errors import ContractError

ENVELOPE = frozenset(str(field["name"]) for field in ENVELOPE_FIELDS)


@dataclass(frozen=True, slots=True)
class View:
    """What a view makes of one contract version.

    `schema` is the derived Avro schema: the same names and order, without `withheld`, with the
    types that `masks` leave. `hidden_key_fields` become pseudonyms in the record key.
    `skipped_rules` name a field that the version lacks or the recipient does not see as it was.
    """

    schema: str
    masks: tuple[FieldMask, ...]
    withheld: tuple[str, ...]
    hidden_key_fields: tuple[str, ...]
    discloses_all: bool
    digest: str
    skipped_rules: tuple[str, ...]


def compile_view(contract: Contract, version: ContractVersion, terms: ViewTerms) -> View:
    """Derive what the recipient sees. Raises ContractError with the field and the cure."""
    place = f"view of {contract.name} {version.number}"
    schema = json.loads(version.schema)
    names = Names(schema)
    _check_names(terms, tuple(paths(inline(names, schema))), place)
    _check_key(contract, terms, place)
    derivation = Derivation(names, terms, ENVELOPE, place)
    derived = fold(derivation.derive(schema))
    _check_reached(terms, derivation, place)
    masks, withheld = tuple(derivation.masks.values()), tuple(derivation.withheld)
    touched = (*withheld, *(mask.path for mask in masks))
    text = _compact(derived) if touched else version.schema
    return View(
        schema=text,
        masks=masks,
        withheld=withheld,
        hidden_key_fields=tuple(name for name in contract.key if _covers(touched, name)),
        discloses_all=not touched,
        digest=_digest(text, masks, withheld),
        skipped_rules=_skipped_rules(contract, version, touched),
    )


def _check_names(terms: ViewTerms, known: tuple[str, ...], place: str) -> None:
    listed = () if terms.fields == "all" else terms.fields
    for member, named in (("fields", listed), ("masks", tuple(terms.masks))):
        for name in named:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1) or [", ".join(known)]
                raise ContractError(f"{place}, {member}: no field {name!r}; do you mean {near[0]}?")
            if member == "masks" and name.partition(".")[0] in ENVELOPE:
                raise ContractError(
                    f"{place}, masks.{name}: a field of the envelope reaches every recipient"
                    " as it is; remove the mask"
                )


def _check_key(contract: Contract, terms: ViewTerms, place: str) -> None:
    for path, steps in terms.masks.items():
        if steps[0].mask not in ("drop", "pseudonym") and any(
            _covers((path,), name) for name in contract.key
        ):
            raise ContractError(
                f"{place}, masks.{path}: {steps[0].mask} on a field of the record key would let"
                " different keys fall together and lose their order; use pseudonym, or drop"
            )


def _check_reached(terms: ViewTerms, derivation: Derivation, place: str) -> None:
    for path in terms.masks:
        if path not in derivation.masks and path not in derivation.withheld:
            raise ContractError(
                f"{place}, masks.{path}: the field lies inside one that is withheld or masked"
                " already; remove this mask, or let the outer field through"
            )


def _covers(touched: tuple[str, ...], name: str) -> bool:
    return any(name == path or name.startswith(f"{path}.") for path in touched)


def _skipped_rules(
    contract: Contract, version: ContractVersion, touched: tuple[str, ...]
) -> tuple[str, ...]:
    hidden = {path.partition(".")[0] for path in touched}
    whole = {spec.path for spec in version.fields} - hidden
    return tuple(
        rule.name
        for rule in contract.rules
        if not compile_rule(rule.name, rule.expression).fields <= whole
    )


def _digest(schema: str, masks: tuple[FieldMask, ...], withheld: tuple[str, ...]) -> str:
    steps = [[[s.mask, s.n, *([s.to] if s.to else [])] for s in mask.steps] for mask in masks]
    said = [schema, [[m.path, m.nulls, each] for m, each in zip(masks, steps, strict=True)]]
    return hashlib.sha256(_compact([*said, withheld]).encode()).hexdigest()


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
