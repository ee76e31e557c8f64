"""Compiled agreements over an invented contract, as control would publish them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lingqu.agreements.model import Limits, ViewTerms
from lingqu.agreements.state import (
    AgreementState,
    DeliveryState,
    PartyState,
    RuleState,
    dead_letter_context,
    pseudonym_context,
)
from lingqu.agreements.view import compile_view
from lingqu.contracts.model import Contract
from lingqu.sealing import HubKey

HUB_KEY = HubKey(b"k" * 32)
ALL = {"clearance": {"grade": 4, "kinds": ["personal"]}, "fields": "all"}
RECIPIENT = "recipient-44"


def agreement_state(
    contract: Contract,
    *,
    feed: str = "to-44",
    view: Mapping[str, Any] = ALL,
    filter: str | None = None,  # noqa: A002 - the document's own word
    connector: str = "kafka-sink",
    options: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    **overrides: Any,
) -> AgreementState:
    """Return an active agreement from 43 to 44 over the contract's newest version."""
    version = contract.latest()
    compiled = compile_view(contract, version, ViewTerms.model_validate(view))
    members: dict[str, Any] = {
        "agreement": f"agreement-{feed}",
        "version": 1,
        "state": "active",
        "valid_from_ms": 0,
        "valid_until_ms": 4_102_444_800_000,
        "provider": PartyState("provider-43", "43"),
        "recipient": PartyState(RECIPIENT, "44"),
        "contract": contract.name,
        "contract_version": version.number,
        "topic": contract.topic(),
        "subject": contract.subject(),
        "key": contract.key,
        "partitions": contract.partitions,
        "rules": tuple(RuleState(r.name, r.expression, r.message) for r in contract.rules),
        "schema": version.schema,
        "feed": feed,
        "paused": False,
        "filter": filter,
        "view": dict(view),
        "derived_schema": compiled.schema,
        "masks": compiled.masks,
        "withheld": compiled.withheld,
        "hidden_key_fields": compiled.hidden_key_fields,
        "discloses_all": compiled.discloses_all,
        "view_digest": compiled.digest,
        "skipped_rules": compiled.skipped_rules,
        "delivery": DeliveryState(
            connector, dict(options or {}), "exactly_once", "earliest", limits
        ),
        "pseudonym_key": HUB_KEY.new_wrapped_key(pseudonym_context(RECIPIENT)),
        "dead_letter_key": HUB_KEY.new_wrapped_key(dead_letter_context(f"agreement-{feed}")),
        "transit": False,
        **overrides,
    }
    return AgreementState(**members)
