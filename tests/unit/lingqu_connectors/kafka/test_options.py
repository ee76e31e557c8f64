"""Options of the Kafka connectors, and where events are found by default."""

from __future__ import annotations

from typing import Any

import pytest

from lingqu.connect.plugins import parse_options
from lingqu.errors import ContractError
from lingqu_connectors.kafka.options import KafkaSinkOptions, KafkaSourceOptions
from lingqu_connectors.kafka.source import KafkaSource

SINK = {"bootstrap_servers": "kafka.example:9092", "registry_url": "http://registry.example"}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"bootstrap_servers": None}, "bootstrap_servers"),
        ({"registry_url": "registry:8081"}, "registry_url"),
        ({"topic": "not a topic"}, "topic"),
        ({"replication": -2}, "replication"),
        ({"security_protocol": "TELNET"}, "security_protocol"),
        ({"acks": "1"}, "acks"),
    ],
)
def test_a_wrong_option_is_named(change: dict[str, Any], place: str) -> None:
    with pytest.raises(ContractError, match=f"option '{place}'"):
        parse_options("kafka-sink", {**SINK, **change})


def test_a_password_is_found_by_its_name_and_reaches_the_client() -> None:
    login = {"sasl_username": "hub", "sasl_password_secret": "kafka-44"}
    options = KafkaSinkOptions.model_validate({**SINK, **login})
    settings = options.settings({"kafka-44": "s3cret"}.__getitem__)
    assert settings.for_librdkafka()["sasl.password"] == "s3cret"
    assert "s3cret" not in repr(settings)


def test_a_password_in_the_agreement_is_refused_with_the_cure() -> None:
    with pytest.raises(ContractError, match="name that in sasl_password_secret") as caught:
        parse_options("kafka-sink", {**SINK, "sasl_password": "s3cret"})
    assert "s3cret" not in str(caught.value)


def test_a_source_without_options_reads_the_hubs_own_cluster() -> None:
    inlet = KafkaSource().inlet(KafkaSourceOptions(), "trial.reading.v1", "X-TRIAL")
    assert (inlet.kafka, inlet.topic) == ({}, "trial.reading.v1.from.X-TRIAL")
    assert inlet.registry_url is None


def test_a_source_elsewhere_says_how_to_get_there() -> None:
    options = KafkaSourceOptions(
        bootstrap_servers="kafka.example:9092",
        ssl_ca_file="/etc/ca.pem",
        topic="theirs",
        registry_url="http://registry.example",
    )
    inlet = KafkaSource().inlet(options, "trial.reading.v1", "X-TRIAL")
    assert inlet.topic == "theirs"
    assert inlet.registry_url == "http://registry.example"
    assert inlet.kafka == {
        "bootstrap_servers": "kafka.example:9092",
        "security_protocol": "PLAINTEXT",
        "ssl_ca_file": "/etc/ca.pem",
    }
