"""What happens in a scene: settlement by settlement, the same from the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any, Literal, TypeVar

from lingqu.contracts.envelope import uuid7
from lingqu.instants import milliseconds
from lingqu.simulation import Scene
from lingqu_medical.identities.judge import judge
from lingqu_medical.identities.profile import Balance, load_balance
from lingqu_medical.period import period_at
from lingqu_medical.simulation.profile import Fund, Profile, Treatment

Event = dict[str, Any]
Fate = Literal["stands", "cancel", "rectify"]

Kind = TypeVar("Kind", Treatment, Fund)

_LATEST = 3 * 24 * 3600


@dataclass(frozen=True)
class Story:
    """The settlements of a scene, by number; each has its own chance, whoever asks for it."""

    profile: Profile
    scene: Scene

    @cached_property
    def others(self) -> list[str]:
        return sorted(self.profile.regions.keys() - {self.scene.region})

    def chance(self, number: int, what: str) -> random.Random:
        seed = f"{self.scene.seed} {self.scene.region} {what} {number}"
        return random.Random(seed)  # noqa: S311 - play, not secrets

    def told_at(self, number: int, contract: str) -> datetime:
        """Return when something is told: as often as was asked for, else as in life."""
        rate = self.scene.rate
        gap = timedelta(seconds=1 / rate) if rate else self.profile.every(contract)
        return self.scene.start + number * gap

    def fate(self, number: int) -> Fate:
        drawn, chances = self.chance(number, "fate").random(), self.profile.chances
        if drawn < chances.cancel:
            return "cancel"
        return "rectify" if drawn < chances.cancel + chances.rectify else "stands"

    def settlement(self, number: int) -> Event:
        """Return a settlement as it is told, without an id of its own yet."""
        chance = self.chance(number, "settlement")
        told = self.told_at(number, "medical.settlement")
        late = chance.random() < self.profile.chances.late
        settled = told - timedelta(seconds=chance.uniform(0, _LATEST) if late else 1)
        settled = settled.replace(microsecond=0)
        insured = chance.choice(self.others)
        treatment = drawn(chance, self.profile.treatments)
        fund = drawn(chance, self.profile.funds)
        place = self.profile.regions[self.scene.region]
        code, name = chance.choice(place.hospitals)
        event = {
            "occurred_at": told.isoformat(),
            "origin": self.scene.region,
            "setl_id": self.settlement_id(number),
            "insured_region": insured,
            "treatment_region": self.scene.region,
            "insuplc_admdvs": self.profile.regions[insured].division,
            "mdtrtarea_admvs": place.division,
            "insutype": fund.insutype,
            "med_type": treatment.med_type,
            "clr_type": treatment.clr_type,
            "fixmedins_code": code,
            "fixmedins_name": name,
            "setl_time": settled.isoformat(),
            "period": period_at(milliseconds(settled)),
            "msgid": self.message_id(number),
            "psn_no": f"{insured}{number:018}",
            "psn_name": f"示例患者{number % 1000:03}",
            **self._money(chance, treatment, fund),
        }
        return event | judge(event, _balance()).fields()

    def settlement_id(self, number: int) -> str:
        return f"S{self.name(number)}"

    def message_id(self, number: int) -> str:
        return f"M{self.name(number)}"

    def event(self, said: Event, at: datetime) -> Event:
        """Return what is said as an event of that moment."""
        return {"event_id": uuid7(at), **said, "occurred_at": at.isoformat()}

    def name(self, number: int) -> str:
        return f"{self.scene.region}-示例-{self.scene.start:%Y%m%d%H%M%S}-{number:07}"

    def _money(self, chance: random.Random, treatment: Treatment, fund: Fund) -> Event:
        bill = chance.randint(treatment.least * 100, treatment.most * 100)
        own = int(bill * chance.uniform(0, 0.15))
        first = int(bill * chance.uniform(0, 0.1))
        scope = bill - own - first
        paid = int(scope * fund.pays)
        person = bill - paid
        account = int(person * chance.choice((0, 0, 0.3, 0.6)))
        off = chance.choice((-1, 1, 100)) if chance.random() < self._unbalanced else 0
        return {
            "medfee_sumamt_fen": bill,
            "fulamt_ownpay_amt_fen": own,
            "preselfpay_amt_fen": first,
            "inscp_scp_amt_fen": scope,
            fund.field: paid,
            "fund_pay_sumamt_fen": paid,
            "psn_part_amt_fen": person,
            "acct_pay_fen": account,
            "psn_cash_pay_fen": max(0, person - account + off),
            "details": [
                {
                    "fund_pay_type": fund.fund_pay_type,
                    "fund_pay_type_name": fund.name,
                    "inscp_scp_amt_fen": scope,
                    "crt_payb_lmt_amt_fen": 0,
                    "fund_payamt_fen": paid,
                }
            ],
        }

    @property
    def _unbalanced(self) -> float:
        return self.profile.chances.unbalanced


@cache
def _balance() -> Balance:
    return load_balance()


def drawn(chance: random.Random, kinds: Sequence[Kind]) -> Kind:
    """Return one of the kinds, each as often as its share says."""
    return chance.choices(kinds, [each.share for each in kinds])[0]
