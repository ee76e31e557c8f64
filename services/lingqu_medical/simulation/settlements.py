"""Settlements as they are told: some late, some twice, some that do not balance."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from lingqu.simulation import Scene
from lingqu_medical.simulation.profile import Profile
from lingqu_medical.simulation.story import Event, Story


def settlements(profile: Profile, scene: Scene) -> Iterator[Event]:
    """Yield the settlements of a scene without end."""
    story = Story(profile, scene)
    for number in count():
        told = story.told_at(number, "medical.settlement")
        event = story.event(story.settlement(number), told)
        yield event
        if story.chance(number, "repeat").random() < profile.chances.repeat:
            yield dict(event)
