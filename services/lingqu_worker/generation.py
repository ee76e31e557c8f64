"""The generation of a topic that a lane opens on: whether it may, and its progress under it."""

from __future__ import annotations

from dataclasses import replace

from lingqu.agreements.state import AgreementState
from lingqu.errors import PermanentError, RetriableError
from lingqu.kafka.progress import Progress
from lingqu.kafka.topics import TopicFacts


def check_generation(state: AgreementState, facts: TopicFacts) -> None:
    """Raise where the topic has other partitions than the agreement knows of.

    RetriableError while it grows by `lingqu topic repartition`, PermanentError where it has grown
    otherwise.
    """
    if facts.partitions == state.partitions:
        return
    if facts.partitions == state.growing_to:
        raise RetriableError(
            f"topic {facts.name!r} grows to {facts.partitions} partitions; the lane goes on "
            "once it is known where each of the old ones ends"
        )
    raise PermanentError(
        f"topic {facts.name!r} has {facts.partitions} partitions, and {state.partitions} are "
        "known of: keys have moved and order is lost; topics grow by lingqu topic repartition"
    )


def of_today(progress: Progress, state: AgreementState, facts: TopicFacts) -> Progress:
    """Return the progress with today's number of partitions, where the topic grew from its."""
    grown = any(len(each) == progress.partitions for each in state.barriers)
    return replace(progress, partitions=facts.partitions) if grown else progress
