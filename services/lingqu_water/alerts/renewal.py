"""From an episode and what people did about it to the alert as it should now stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lingqu_water.alerts.acts import Act, Handling, handling
from lingqu_water.alerts.episode import Episode
from lingqu_water.alerts.model import Alert, alert_id_of
from lingqu_water.alerts.scale import Reminding, Scales
from lingqu_water.alerts.telling import News
from lingqu_water.alerts.timetable import due_ms, posts
from lingqu_water.judgement.items import Items
from lingqu_water.readings.judge import day_of
from lingqu_water.sections.model import Section

CORRECTED = "所依据的读数已更正或撤回"


@dataclass(frozen=True, slots=True)
class Renewals:
    """What makes alerts needs to know of its hub."""

    region: str
    items: Items
    scales: Scales

    def at(self, now_ms: int) -> Renewal:
        return Renewal(self.region, self.items, self.scales, now_ms)


@dataclass(frozen=True, slots=True)
class Renewal:
    """Makes alerts in the name of a hub; `now_ms` is when they are made."""

    region: str
    items: Items
    scales: Scales
    now_ms: int

    def alert_id(self, section_code: str, item_code: str, started_at_ms: int) -> str:
        return alert_id_of(self.region, section_code, item_code, started_at_ms)

    def alert(
        self, section: Section, episode: Episode, acts: Sequence[Act], before: Alert | None
    ) -> Alert:
        """Return the alert of the episode; `before` is what it said until now."""
        made = self._of_episode(section, episode)
        if before is not None:
            made = replace(
                made,
                reminder=before.reminder,
                escalation=before.escalation,
                escalated_to=before.escalated_to,
                event_id=before.event_id,
                told_at_ms=before.told_at_ms,
                opened_at_ms=before.opened_at_ms,
                due_at_ms=before.due_at_ms,
            )
        handled = self.handled(made, handling(acts, episode.rank))
        rises = before is None or before.withdrawn or handled.rank > before.rank
        reopened = handled.state == "open" and (rises or (before and before.state != "open"))
        return self._opened(handled) if reopened else handled

    def handled(self, alert: Alert, done: Handling) -> Alert:
        """Return the alert as people have left it; nobody is reminded of one that is not open."""
        state = done.state(over=alert.over)
        return replace(
            alert,
            state=state,
            judgement=done.judgement,
            handled_by=done.by,
            handled_at_ms=done.at_ms,
            handling_note=done.note,
            due_at_ms=alert.due_at_ms if state == "open" else None,
        )

    def reminded(self, alert: Alert) -> Alert:
        """Return the alert as it is sent once more."""
        reminder = alert.reminder + 1
        reminding = self.reminding(alert)
        passed = posts(reminding, reminder)
        return replace(
            alert,
            reminder=reminder,
            escalation=len(passed),
            escalated_to=passed[-1] if passed else None,
            due_at_ms=due_ms(reminding, reminder, self.now_ms),
        )

    def _opened(self, alert: Alert) -> Alert:
        """Return the alert with its timetable begun anew."""
        due = due_ms(self.reminding(alert), 0, self.now_ms)
        return replace(
            alert,
            reminder=0,
            escalation=0,
            escalated_to=None,
            opened_at_ms=self.now_ms,
            due_at_ms=due,
        )

    def reminding(self, alert: Alert) -> Reminding:
        scale = self.scales.on(day_of(alert.started_at_ms)) or self.scales.entries[-1]
        return scale.reminding(alert.level)

    def _of_episode(self, section: Section, episode: Episode) -> Alert:
        started = episode.started_at_ms
        return Alert(
            alert_id=self.alert_id(section.code, episode.item_code, started),
            direction="own",
            origin=self.region,
            section_code=section.code,
            section_name=section.name,
            reporting_region=section.reporting_region,
            upstream_region=section.upstream_region,
            downstream_regions=section.downstream_regions,
            basin=section.basin,
            river=section.river,
            item_code=episode.item_code,
            item_name=self.items.name(episode.item_code),
            level=episode.level,
            state="open",
            suspect=episode.suspicion is not None,
            suspect_reason=episode.suspicion,
            data_level=episode.data_level,
            causes=episode.causes,
            started_at_ms=started,
            raised_at_ms=episode.raised.at_ms,
            ended_at_ms=episode.ended_at_ms,
            value=episode.worst.value,
            value_at_ms=episode.worst.at_ms,
            unit=episode.unit,
            target_class=episode.target,
            limit_low=episode.low,
            limit_high=episode.high,
            multiple=round(episode.worst.multiple, 4),
            baseline=episode.baseline,
            sample_events=episode.sample_events,
            course=episode.course,
            opened_at_ms=self.now_ms,
        )


def news_of(before: Alert | None, after: Alert) -> News | None:
    """Return what others have to be told, None where the alert says what it said before."""
    if before is None:
        return News(after, "first")
    return News(after, "revision") if before.tells() != after.tells() else None


def withdrawn(alert: Alert) -> News:
    """Return the news that the readings no longer bear the alert out."""
    gone = replace(alert, withdrawn=True, withdrawal_reason=CORRECTED, due_at_ms=None)
    return News(gone, "withdrawal")
