"""Events committed with the rows they speak of, published exactly once by a relay."""

from lingqu.outbox.append import append
from lingqu.outbox.model import EncodedEvent

__all__ = ["EncodedEvent", "append"]
