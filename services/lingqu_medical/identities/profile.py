"""How a province's settlements are balanced, read from data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field

from lingqu.contracts.yaml_file import ClosedModel
from lingqu.errors import ContractError
from lingqu_medical.reference import read_reference

IdentityName = Literal["medical_fee", "fund", "person", "scope", "detail"]
Effect = Literal["hold", "flag", "off"]
_SOURCED: tuple[IdentityName, ...] = ("medical_fee", "fund", "person")


class Identity(ClosedModel):
    """One identity: what it says, and what breaking it does."""

    name: IdentityName
    number: int
    formula: str
    verified: bool
    effect: Effect


class _Identities(ClosedModel):
    source: str
    identities: tuple[Identity, ...]


class Profile(ClosedModel):
    """What a province counts into its sums, and the difference it bears."""

    fund_includes_account: Literal["no", "yes", "either"]
    details_list_account: bool
    tolerance_fen: int = Field(ge=0, le=100)


class _Profiles(ClosedModel):
    source: str
    account_fund_type: str
    default: Profile
    regions: dict[str, Profile]


@dataclass(frozen=True)
class Balance:
    """All that checking needs: the identities, and the profile of each place of treatment."""

    identities: tuple[Identity, ...]
    profiles: Mapping[str, Profile]
    default: Profile
    account_fund_type: str

    def profile(self, region: str) -> Profile:
        return self.profiles.get(region, self.default)

    @cached_property
    def _effects(self) -> Mapping[str, Effect]:
        return {each.name: each.effect for each in self.identities}

    def effect(self, name: str) -> Effect:
        return self._effects.get(name, "off")


def load_balance(folder: Path | None = None) -> Balance:
    """Return the rules of balance. Raises ContractError where a sourced identity is weakened."""
    found = read_reference("identities.yaml", _Identities, folder).identities
    effects = {each.name: each.effect for each in found}
    for name in _SOURCED:
        if effects.get(name) != "hold":
            raise ContractError(
                f"identities.yaml: {name!r} is a rule of medical.settlement; let its effect be hold"
            )
    profiles = read_reference("profiles.yaml", _Profiles, folder)
    return Balance(found, profiles.regions, profiles.default, profiles.account_fund_type)
