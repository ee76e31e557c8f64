"""The compiled state of an agreement: all that the hub's other rooms need to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from lingqu.agreements.masks import FieldMask
from lingqu.agreements.model import AgreedLimits
from lingqu.agreements.orders import OrderState
from lingqu.errors import ContractError

AGREEMENT_TOPIC = "lingqu.agreement.v1"

StateName = Literal[
    "draft",
    "submitted",
    "reviewed",
    "accepted",
    "answered",
    "countersigned",
    "active",
    "suspended",
    "expired",
    "revoked",
    "returned",
    "refused",
    "withdrawn",
]

_CLOSED = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class PartyState:
    """One side of the agreement."""

    partner: str
    region: str

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED


@dataclass(frozen=True, slots=True)
class RuleState:
    """One semantic rule of the contract."""

    name: str
    expression: str
    message: str

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """The connector that delivers, its options, what is promised, and how fast at most."""

    connector: str
    options: dict[str, Any]
    guarantee: Literal["exactly_once", "at_least_once"]
    start: Literal["earliest", "latest"]
    limits: AgreedLimits = None

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED


@dataclass(frozen=True, slots=True)
class AgreementState:
    """One agreement as published to `lingqu.agreement.v1`, keyed by its id; never a tombstone.

    `schema` is the contract version that both signed, `derived_schema` what the recipient sees.
    `valid_until_ms` is the first moment at which nothing flows any more. `hidden_key_fields` are
    key fields whose part of the record key becomes a pseudonym. `pseudonym_key` and
    `dead_letter_key` are sealed by the hub key under `pseudonym_context` and `dead_letter_context`.
    `orders` are open ones; a feed whose count of `restarts` has grown is stopped and started anew.
    `barriers` are those of each growth of the topic, and `growing_to` how many partitions it is
    about to have, 0 where it is not growing.
    A state with a member this version does not know is refused: it may be a restriction.
    """

    agreement: str
    version: int
    state: StateName
    valid_from_ms: int
    valid_until_ms: int
    provider: PartyState
    recipient: PartyState
    contract: str
    contract_version: str
    topic: str
    subject: str
    key: tuple[str, ...]
    partitions: int
    rules: tuple[RuleState, ...]
    schema: str
    feed: str
    paused: bool
    filter: str | None
    view: dict[str, Any]
    derived_schema: str
    masks: tuple[FieldMask, ...]
    withheld: tuple[str, ...]
    hidden_key_fields: tuple[str, ...]
    discloses_all: bool
    view_digest: str
    skipped_rules: tuple[str, ...]
    delivery: DeliveryState
    pseudonym_key: str
    dead_letter_key: str
    transit: bool
    on_reject: Literal["dead_letter", "park_key"] = "dead_letter"
    restarts: int = 0
    orders: tuple[OrderState, ...] = ()
    barriers: tuple[tuple[int, ...], ...] = ()
    growing_to: int = 0

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    def flows_at(self, now_ms: int) -> bool:
        """Whether anything may leave or enter under this agreement at that moment."""
        in_force = self.valid_from_ms <= now_ms < self.valid_until_ms
        return self.state == "active" and not self.paused and in_force

    @property
    def runs_as(self) -> str:
        """The name of what runs: the feed's own, or that of its order where there is only one."""
        return f"{self.feed}.r{self.orders[0].number}" if len(self.orders) == 1 else self.feed

    @property
    def pseudonym_context(self) -> str:
        """What the pseudonym key was sealed for: one recipient, so that its pseudonyms join up."""
        return pseudonym_context(self.recipient.partner)

    @property
    def dead_letter_context(self) -> str:
        """What the dead-letter key was sealed for: this agreement."""
        return dead_letter_context(self.agreement)

    def encode(self) -> bytes:
        """Return the JSON text of the topic."""
        return _adapter().dump_json(self)

    @classmethod
    def decode(cls, payload: bytes) -> AgreementState:
        """Return the state; raise ContractError when it is not one this version understands."""
        try:
            return _adapter().validate_json(payload)
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "the record"
            raise ContractError(
                f"{AGREEMENT_TOPIC}: {place}: {first['msg']}; control and this service run"
                " different versions of lingqu: bring both to the same one"
            ) from error


def pseudonym_context(partner: str) -> str:
    return f"pseudonym:{partner}"


def dead_letter_context(agreement: str) -> str:
    return f"dead-letter:{agreement}"


@cache
def _adapter() -> TypeAdapter[AgreementState]:
    return TypeAdapter(AgreementState)
