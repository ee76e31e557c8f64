"""What dead letters of one record key have in common, found without opening any of them."""

from __future__ import annotations

from lingqu.agreements.state import dead_letter_context
from lingqu.errors import InputError
from lingqu.kafka.letters import letter_digest
from lingqu_control.desk import Desk


def digest_of_key(desk: Desk, feed_id: str | None, key: str) -> str:
    """Return the digest that letters of this key bear. Raises InputError where no feed is named."""
    if feed_id is None:
        raise InputError("key: letters are sealed agreement by agreement; name the feed as well")
    with desk.reading() as records:
        feed = records.feed(feed_id)
        context = dead_letter_context(feed.agreement_id)
        sealing_key = desk.hub.key.open(feed.dead_letter_key, context)
    return letter_digest(sealing_key, key.encode())
