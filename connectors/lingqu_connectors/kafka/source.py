"""Says where a partner's Kafka sink left its events."""

from __future__ import annotations

from typing import Any, ClassVar

from lingqu.connect.api import Options, TopicInlet, TopicSource
from lingqu_connectors.kafka.options import KafkaSourceOptions


class KafkaSource(TopicSource):
    """Guarantee: exactly once, in order per key: progress commits with the admitted events."""

    options_model: ClassVar[type[Options]] = KafkaSourceOptions

    def inlet(self, options: Any, topic: str, provider_region: str) -> TopicInlet:
        """Return the inlet; without `bootstrap_servers` its `kafka` is empty: the hub's own."""
        return TopicInlet(
            kafka=options.cluster() if options.bootstrap_servers else {},
            topic=options.topic or f"{topic}.from.{provider_region}",
            registry_url=options.registry_url,
            password_secret=options.sasl_password_secret,
        )
