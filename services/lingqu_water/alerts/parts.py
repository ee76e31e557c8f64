"""What the service is given of alerts: a follower, a handler, a desk and a chore."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from lingqu.admission import RegionScope
from lingqu.clock import Clock
from lingqu.metrics import Metrics
from lingqu.outbox.events import Events
from lingqu_water.alerts.arrivals import AlertArrivals
from lingqu_water.alerts.desk import AlertDesk
from lingqu_water.alerts.follow import AlertFollower, SectionOf
from lingqu_water.alerts.reminding import Reminding
from lingqu_water.alerts.renewal import Renewals
from lingqu_water.alerts.scale import load_scales
from lingqu_water.alerts.yardstick import Regimes
from lingqu_water.judgement.items import load_items
from lingqu_water.judgement.standard import load_standards


@dataclass(frozen=True, slots=True)
class AlertParts:
    """The parts, made to fit each other."""

    follower: AlertFollower
    arrivals: AlertArrivals
    desk: AlertDesk
    reminding: Reminding


def alert_parts(
    sessions: sessionmaker[Session],
    events: Events,
    section_of: SectionOf,
    scope: RegionScope,
    clock: Clock,
    metrics: Metrics,
    reference: Path | None = None,
) -> AlertParts:
    """Return the parts, by the operator's reference data where there is any."""
    items = load_items(reference)
    scales = load_scales(items, reference)
    regimes = Regimes(scales, load_standards(items, reference), items, scope)
    renewals = Renewals(scope.codes[0], items, scales)
    return AlertParts(
        AlertFollower(events, regimes, section_of, renewals, clock),
        AlertArrivals(clock),
        AlertDesk(sessions, events, renewals, clock),
        Reminding(sessions, events, renewals, clock, metrics),
    )
