"""An agreement compiled with its contract into what is published of it."""

from __future__ import annotations

from lingqu.agreements.model import Agreement, Party
from lingqu.agreements.state import (
    AgreementState,
    DeliveryState,
    PartyState,
    RuleState,
    pseudonym_context,
)
from lingqu.agreements.view import compile_view
from lingqu_control.hub import Hub
from lingqu_control.tables import AgreementRow, FeedRow


def compile_state(row: AgreementRow, feed: FeedRow, hub: Hub) -> AgreementState:
    """Return the published form. Raises InputError when the contract no longer allows it."""
    agreement = row.agreement
    contract = hub.catalogue.contract(agreement.contract)
    version = contract.version(agreement.contract_version)
    view = compile_view(contract, version, agreement.view)
    return AgreementState(
        agreement=agreement.id,
        version=agreement.version,
        state=row.now,
        valid_from_ms=agreement.valid_from_ms,
        valid_until_ms=agreement.valid_until_ms,
        provider=_party(agreement.provider),
        recipient=_party(agreement.recipient),
        contract=contract.name,
        contract_version=version.number,
        topic=contract.topic(version.major),
        subject=contract.subject(version.major),
        key=contract.key,
        partitions=contract.partitions,
        rules=tuple(RuleState(rule.name, rule.expression, rule.message) for rule in contract.rules),
        schema=version.schema,
        feed=feed.id,
        paused=feed.paused,
        filter=agreement.filter,
        view=agreement.view.model_dump(mode="json"),
        derived_schema=view.schema,
        masks=view.masks,
        withheld=view.withheld,
        hidden_key_fields=view.hidden_key_fields,
        discloses_all=view.discloses_all,
        view_digest=view.digest,
        skipped_rules=view.skipped_rules,
        delivery=_delivery(agreement),
        pseudonym_key=_pseudonym_key(agreement, hub),
        dead_letter_key=feed.dead_letter_key,
        transit=agreement.transit,
        on_reject=contract.on_reject,
    )


def _party(party: Party) -> PartyState:
    return PartyState(party.partner, party.region)


def _delivery(agreement: Agreement) -> DeliveryState:
    terms = agreement.delivery
    return DeliveryState(
        terms.connector, dict(terms.options), terms.guarantee, terms.start, terms.limits
    )


def _pseudonym_key(agreement: Agreement, hub: Hub) -> str:
    """One key a recipient: its pseudonyms join up over agreements, and with no one else's."""
    partner = agreement.recipient.partner
    return hub.key.seal(hub.key.derive("pseudonym", partner), pseudonym_context(partner))
