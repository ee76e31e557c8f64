"""What an agreement says about another Kafka cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field, SecretStr, model_validator

from lingqu.connect.api import SECRET_NAME, Options
from lingqu.kafka.settings import KafkaSettings

TOPIC_NAME = r"^[A-Za-z0-9._-]{1,249}$"


class ClusterOptions(Options):
    """How to log in at a cluster; the same fields as the hub's own Kafka settings."""

    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["SCRAM-SHA-256", "SCRAM-SHA-512"] | None = None
    sasl_username: str | None = None
    sasl_password_secret: str | None = Field(
        default=None, pattern=SECRET_NAME, description="name of the secret that holds the password"
    )
    ssl_ca_file: str | None = Field(
        default=None, description="PEM bundle that signed the brokers' names"
    )

    @model_validator(mode="before")
    @classmethod
    def _no_clear_password(cls, given: Any) -> Any:
        if isinstance(given, dict) and "sasl_password" in given:
            raise ValueError(
                "sasl_password would stand in the signed agreement for both sides to read; give it "
                "to the worker as a secret and name that in sasl_password_secret"
            )
        return given

    def cluster(self) -> dict[str, Any]:
        """Return what `KafkaSettings` takes, but for the password."""
        return self.model_dump(include=set(KafkaSettings.model_fields), exclude_none=True)


class KafkaSinkOptions(ClusterOptions):
    """The partner's cluster, registry and topic."""

    bootstrap_servers: str = Field(min_length=1, description="host:port, several by comma")
    registry_url: str = Field(
        pattern=r"^https?://", description="the partner's schema registry, Confluent's API"
    )
    topic: str | None = Field(
        default=None, pattern=TOPIC_NAME, description="default: <topic>.from.<this hub's region>"
    )
    create_topic: bool = Field(
        default=True, description="create a missing topic with as many partitions as the source has"
    )
    replication: int = Field(
        default=-1, ge=-1, description="replicas of a created topic; -1: the cluster's own default"
    )

    def settings(self, secret: Callable[[str], str]) -> KafkaSettings:
        """Return how to reach the cluster, the password found by its name."""
        name = self.sasl_password_secret
        password = SecretStr(secret(name)) if name is not None else None
        return KafkaSettings(**self.cluster(), sasl_password=password)


class KafkaSourceOptions(ClusterOptions):
    """Where a partner's hub left its events: by default on this hub's own cluster."""

    bootstrap_servers: str | None = Field(
        default=None,
        min_length=1,
        description="host:port, several by comma; default: this hub's own",
    )
    registry_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="registry of the schema ids; default: this hub's",
    )
    topic: str | None = Field(
        default=None, pattern=TOPIC_NAME, description="default: <topic>.from.<provider's region>"
    )
