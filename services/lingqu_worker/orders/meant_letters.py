"""Which dead letters a redrive means."""

from __future__ import annotations

from lingqu.agreements.state import AgreementState
from lingqu.kafka.letters import LetterQuery, StoredLetter, find_letters, last_of_each
from lingqu.kafka.settings import KafkaSettings


def meant_letters(
    kafka: KafkaSettings, state: AgreementState, partition: int | None
) -> list[StoredLetter]:
    """Return the last letter of each event, in order of partition and offset.

    The same order means the same ones whenever it is asked for: what came of it since is left out.
    """
    (order,) = state.orders
    chosen, until = order.selection, order.at_ms
    query = LetterQuery(
        feed=state.feed,
        reason=chosen.reason,
        key_digest=chosen.key_digest,
        from_ms=chosen.from_ms,
        until_ms=min(until, chosen.until_ms or until),
        partition=partition,
        ids=chosen.letters,
        before_attempt=order.attempt,
    )
    return [
        letter
        for letter in last_of_each(find_letters(kafka, query))
        if not letter.redriven and (chosen.quarantined or not letter.quarantined)
    ]
