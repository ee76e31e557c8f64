"""Whose view a new version of a contract breaks: judged on what each partner signed for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lingqu.agreements.model import Agreement, ViewTerms
from lingqu.agreements.needs import needed_schema
from lingqu.agreements.view import View, compile_view
from lingqu.contracts.avro.problem_words import reading_problems
from lingqu.contracts.changes import Change, schema_changes
from lingqu.contracts.model import Contract, ContractVersion
from lingqu.contracts.rules import compile_rule
from lingqu.errors import InputError
from lingqu.wire.aliases import named_as_written


@dataclass(frozen=True, slots=True)
class SignedView:
    """What one partner has signed for on a contract."""

    agreement: str
    partner: str
    region: str
    version: str
    terms: ViewTerms
    filter: str | None = None

    @classmethod
    def of(cls, agreement: Agreement) -> SignedView:
        return cls(
            agreement.id,
            agreement.recipient.partner,
            agreement.recipient.region,
            agreement.contract_version,
            agreement.view,
            agreement.filter,
        )

    @property
    def whose(self) -> str:
        """Return who it is, as people say it: 44-guangdong-ecology."""
        return f"{self.region}-{self.partner}"

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])


@dataclass(frozen=True, slots=True)
class ViewVerdict:
    """What a new version means to one partner.

    `breaks` says why its feed could not go on; `then` what would be different once it signs.
    """

    view: SignedView
    breaks: tuple[str, ...]
    then: tuple[str, ...]


def whose_view_breaks(
    signed: Contract, new: Contract, version: ContractVersion, views: Sequence[SignedView]
) -> list[ViewVerdict]:
    """Judge a version of `new` for each partner; `signed` holds the versions that they signed.

    A partner goes on to get the version it signed for, so only what its view, its key and its
    filter need is held against the new one. Raises NotFoundError for a signed version unknown.
    """
    return [_judge(signed, new, version, view) for view in views]


def _judge(
    signed: Contract, new: Contract, version: ContractVersion, view: SignedView
) -> ViewVerdict:
    old = signed.version(view.version)
    was = compile_view(signed, old, view.terms)
    filtered_by = compile_rule("filter", view.filter).fields if view.filter is not None else ()
    needed = needed_schema(old.schema, was.withheld, signed.key, filtered_by)
    breaks = [
        *reading_problems(named_as_written(needed, version.schema), version.schema),
        *_other_meaning(old, schema_changes(old, version), was),
        *_other_key(signed, new),
    ]
    return ViewVerdict(view, tuple(breaks), tuple(_then(new, version, view, old, was)))


def _other_meaning(old: ContractVersion, changes: Sequence[Change], was: View) -> Iterator[str]:
    """Say which numbers mean something else, which no schema shows to who reads them."""
    units = {spec.path: spec.unit for spec in old.fields}
    for change in changes:
        if change.kind == "unit" and units.get(change.path) and _is_shown(change.path, was):
            yield f"{change.says}, so its values mean something else"


def _is_shown(path: str, view: View) -> bool:
    return not any(f"{path}.".startswith(f"{withheld}.") for withheld in view.withheld)


def _other_key(signed: Contract, new: Contract) -> Iterator[str]:
    if signed.key != new.key or signed.partitions != new.partitions:
        yield "key or partitions change, so that order per key would be lost"


def _then(
    new: Contract,
    version: ContractVersion,
    view: SignedView,
    signed: ContractVersion,
    was: View,
) -> Iterator[str]:
    try:
        now = compile_view(new, version, view.terms)
    except InputError as error:
        yield f"cannot sign {version.number} with these terms: {error}"
        return
    known = {spec.path for spec in signed.fields}
    added = [spec.path for spec in version.fields if spec.path not in known]
    shown = [path for path in added if path not in now.withheld]
    if shown:
        yield f"by {version.number} it would be shown {', '.join(shown)}"
    hidden = [path for path in now.withheld if path not in was.withheld]
    if hidden:
        yield f"by {version.number} it would not be shown {', '.join(hidden)}"
    skipped = [name for name in now.skipped_rules if name not in was.skipped_rules]
    if skipped:
        yield f"by {version.number} these rules would not be checked for it: {', '.join(skipped)}"
