"""Whether an agreement can be carried out by this hub, judged before anything is stored."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date

from lingqu.agreements.model import Agreement, Party
from lingqu.agreements.view import View, compile_view
from lingqu.connect.api import SinkTask
from lingqu.connect.plugins import connector, parse_options
from lingqu.connect.record_source import RecordSource
from lingqu.contracts.model import Contract, ContractVersion
from lingqu.contracts.rules import compile_rule
from lingqu.errors import ConflictError, ContractError, InputError
from lingqu_control.hub import Hub

# What is tried again is tried for 75 h, whatever was promised.
LEAST_OUTAGE_DAYS = 4
_DAY_MS = 86_400_000


def check_agreement(wanted: Agreement, hub: Hub, partners: Mapping[str, str]) -> None:
    """Raise InputError naming place, cause and cure. `partners` are the known ones' regions."""
    contract = hub.catalogue.contract(wanted.contract)
    version = contract.version(wanted.contract_version)
    view = compile_view(contract, version, wanted.view)
    if wanted.filter is not None:
        _check_filter(wanted.filter, version)
    parse_options(wanted.delivery.connector, dict(wanted.delivery.options))
    _check_served(wanted, contract.served_until.get(version.major))
    _check_hub(wanted, hub)
    if issubclass(connector(wanted.delivery.connector), SinkTask):
        _check_sink(wanted)
        _check_retention(wanted, contract)
    else:
        _check_source(wanted, view, hub)
    for name, party in (("provider", wanted.provider), ("recipient", wanted.recipient)):
        _check_party(name, party, partners)
    if wanted.valid_until_ms <= hub.now_ms():
        raise InputError(f"valid_until: {wanted.valid_until} has passed; write a later day")


def check_upstream(wanted: Agreement, hub: Hub, in_force: Iterable[Agreement]) -> None:
    """Raise ConflictError when the same events would reach this hub by two ways."""
    own = hub.own_regions
    if wanted.recipient.region not in own or wanted.provider.region in own:
        return
    for other in in_force:
        same = (other.contract, other.provider.region) == (wanted.contract, wanted.provider.region)
        if same and other.id != wanted.id and other.recipient.region in hub.own_regions:
            raise ConflictError(
                f"{wanted.contract} of region {wanted.provider.region} already comes in under"
                f" agreement {other.id!r}; end that one first, since each has one upstream"
            )


def _check_filter(expression: str, version: ContractVersion) -> None:
    rule = compile_rule("filter", expression)
    known = {spec.path for spec in version.fields}
    records = {path.rpartition(".")[0] for path in known}  # "" holds the fields of the event
    for name in sorted(rule.paths - known):
        outer, _, last = name.rpartition(".")
        if outer not in records:
            continue  # in what is unknown already, or in a map
        inside = [path.rpartition(".")[2] for path in known if path.rpartition(".")[0] == outer]
        near = difflib.get_close_matches(last, inside, 1) or [", ".join(sorted(inside))]
        place = f"no field {last!r} in {outer!r}" if outer else f"no field {last!r}"
        raise ContractError(f"filter: {place}; do you mean {near[0]}?")


def _check_served(wanted: Agreement, until: date | None) -> None:
    if until is not None and wanted.valid_until > until:
        raise InputError(
            f"valid_until: {wanted.valid_until} lies after {until}, until which {wanted.contract}"
            f" {wanted.contract_version} is served; write an earlier day, or sign the next major"
        )


def _check_hub(wanted: Agreement, hub: Hub) -> None:
    regions = (wanted.provider.region, wanted.recipient.region)
    if not set(regions) & set(hub.own_regions):
        raise InputError(
            f"provider.region {regions[0]} and recipient.region {regions[1]} are both foreign to"
            f" this hub of {', '.join(hub.own_regions)}; apply the agreement on their hubs"
        )


def _check_sink(wanted: Agreement) -> None:
    if wanted.provider.region == wanted.recipient.region:
        raise InputError(
            "provider and recipient are in one region; an agreement joins two, but for one whose"
            " connector is a source, which may bring in what an own office has"
        )


def _check_retention(wanted: Agreement, contract: Contract) -> None:
    """Refuse to promise what the topic will have deleted by then."""
    promised = wanted.delivery
    outage = max(LEAST_OUTAGE_DAYS, promised.outage_days or 0)
    replay = promised.replay_days or 0
    kept = contract.retention_ms // _DAY_MS
    if outage + replay > kept:
        raise InputError(
            f"delivery: {outage} days of outage and {replay} of replay need the events for"
            f" {outage + replay} days, and {contract.name} keeps them for {kept}; raise its"
            f" retention_days to {outage + replay}, or promise less in outage_days and replay_days"
        )


def _check_source(wanted: Agreement, view: View, hub: Hub) -> None:
    """Refuse a source far from where its events come in, and terms nobody before it would keep."""
    place = f"delivery.connector: {wanted.delivery.connector}"
    if wanted.recipient.region not in hub.own_regions:
        raise InputError(
            f"{place} brings events in, and recipient.region {wanted.recipient.region} is not this"
            f" hub's; apply the agreement on the recipient's hub"
        )
    if wanted.delivery.limits is not None:
        raise InputError(
            f"delivery.limits: {wanted.delivery.connector} takes in at its own pace, and limits"
            " hold what is sent; leave them out"
        )
    if not issubclass(connector(wanted.delivery.connector), RecordSource):
        return
    if wanted.filter is not None:
        raise InputError(f"filter: {place} takes in all that is there; leave the filter out")
    if not view.discloses_all:
        shown = ", ".join((*view.withheld, *(mask.path for mask in view.masks)))
        raise InputError(
            f"view: {place} takes rows in as they are, so nothing hides {shown}; clear all fields"
            " (clearance, kinds), or let the partner's own hub send the view"
        )


def _check_party(name: str, party: Party, partners: Mapping[str, str]) -> None:
    region = partners.get(party.partner)
    if region is None:
        raise InputError(
            f"{name}.partner: no partner {party.partner!r}; add it under partners, with its region"
        )
    if not region.startswith(party.region):
        raise InputError(
            f"{name}.region: partner {party.partner!r} is in region {region}, which the hub of"
            f" {party.region} does not serve; correct one of them"
        )
