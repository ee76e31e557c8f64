"""How to reach a Kafka cluster, said once for both clients."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class KafkaSettings(BaseModel):
    """A cluster's address and how to log in there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap_servers: str = Field(
        default="127.0.0.1:9092", description="host:port, several by comma"
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"
    )
    sasl_mechanism: Literal["SCRAM-SHA-256", "SCRAM-SHA-512"] | None = Field(
        default=None, description="SCRAM-SHA-256 or SCRAM-SHA-512"
    )
    sasl_username: str | None = Field(default=None, description="who logs in there")
    sasl_password: SecretStr | None = Field(default=None, description="never shown or logged")
    ssl_ca_file: str | None = Field(
        default=None, description="PEM bundle that signed the brokers' names"
    )

    def for_librdkafka(self) -> dict[str, Any]:
        """Return the settings under librdkafka's names."""
        named = {
            "bootstrap.servers": self.bootstrap_servers,
            "security.protocol": self.security_protocol,
            "sasl.mechanism": self.sasl_mechanism,
            "sasl.username": self.sasl_username,
            "sasl.password": self._password(),
            "ssl.ca.location": self.ssl_ca_file,
        }
        return {name: value for name, value in named.items() if value is not None}

    def for_kafka_python(self) -> dict[str, Any]:
        """Return the settings under kafka-python's names."""
        named = {
            "bootstrap_servers": self.bootstrap_servers.split(","),
            "security_protocol": self.security_protocol,
            "sasl_mechanism": self.sasl_mechanism,
            "sasl_plain_username": self.sasl_username,
            "sasl_plain_password": self._password(),
            "ssl_cafile": self.ssl_ca_file,
        }
        return {name: value for name, value in named.items() if value is not None}

    def _password(self) -> str | None:
        return self.sasl_password.get_secret_value() if self.sasl_password else None
