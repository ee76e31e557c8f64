"""A contract as an AsyncAPI 3.0 document: its topics on Kafka, and its events over HTTP."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from lingqu.contracts.exports.avro_tree import event_type
from lingqu.contracts.exports.examples import Example
from lingqu.contracts.exports.json_schema import event_schema
from lingqu.contracts.model import Contract, ContractVersion
from lingqu.instants import moment_at

Tree = dict[str, Any]

VERSION: Final = "3.0.0"
_KAFKA_BINDING: Final = "0.5.0"
_HTTP_BINDING: Final = "0.3.0"
_AVRO: Final = "application/vnd.apache.avro;version=1.12.0"
_BATCH: Final = "application/cloudevents-batch+json"
_NO_ID: Final = "00000000-0000-0000-0000-000000000000"


def asyncapi(contract: Contract, examples: Sequence[Example] = ()) -> Tree:
    """Return the document of the latest version of each major; examples are of the last one.

    It names no server: the hub's Kafka is in its settings, a partner's endpoint in an agreement.
    """
    majors = {major: contract.latest(major) for major in contract.majors}
    last = contract.majors[-1]
    messages: Tree = {}
    for major, version in majors.items():
        shown = examples if major == last else ()
        messages[f"v{major}"] = _record_message(contract, version, shown)
        messages[f"v{major}CloudEvents"] = _batch_message(contract, version, shown)
    channels: Tree = {}
    operations: Tree = {}
    for major in majors:
        channels[f"v{major}"] = _topic(contract, major)
        channels[f"v{major}Http"] = _endpoint(major)
        operations[f"publishV{major}"] = _sends(f"v{major}", "on the topic")
        operations[f"deliverV{major}"] = {
            **_sends(f"v{major}Http", "to a partner's HTTP endpoint"),
            "bindings": {"http": {"method": "POST", "bindingVersion": _HTTP_BINDING}},
        }
    return {
        "asyncapi": VERSION,
        "id": f"urn:lingqu:{contract.name}",
        "info": _info(contract),
        "defaultContentType": "avro/binary",
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": messages,
            "schemas": {
                f"v{major}Event": event_schema(version.schema) for major, version in majors.items()
            },
        },
    }


def _info(contract: Contract) -> Tree:
    entry = contract.entry
    facts = {
        "legal-basis": contract.legal_basis,
        "status": contract.status,
        "compatibility": contract.compatibility,
        "resource-code": entry.resource_code,
        "share-type": entry.share_type,
        "share-condition": entry.share_condition,
        "update-cycle": entry.update_cycle,
        "unverified": list(entry.unverified),
        "sla-latency-s": contract.sla.latency_s,
        "sla-completeness-percent": contract.sla.completeness_percent,
    }
    return {
        "title": f"{contract.title_zh} {contract.title_en}",
        "version": contract.latest().number,
        "description": "\n\n".join(filter(None, (entry.abstract, contract.legal_basis))),
        "contact": {"name": contract.steward},
        "tags": [{"name": contract.domain}],
        **{f"x-{name}": value for name, value in facts.items() if value not in ("", None, [])},
    }


def _topic(contract: Contract, major: int) -> Tree:
    until = contract.served_until.get(major)
    kafka = {
        "topic": contract.topic(major),
        "partitions": contract.partitions,
        "topicConfiguration": {
            "cleanup.policy": ["delete"],
            "retention.ms": contract.retention_ms,
        },
        "bindingVersion": _KAFKA_BINDING,
    }
    return {
        "address": contract.topic(major),
        "title": contract.title_zh,
        "summary": contract.title_en,
        "messages": {"event": {"$ref": f"#/components/messages/v{major}"}},
        "bindings": {"kafka": kafka},
        **({"x-served-until": until.isoformat()} if until else {}),
    }


def _endpoint(major: int) -> Tree:
    return {
        "address": None,
        "summary": "The HTTP endpoint that an agreement names; its view may withhold and mask.",
        "messages": {"batch": {"$ref": f"#/components/messages/v{major}CloudEvents"}},
    }


def _sends(channel: str, where: str) -> Tree:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": f"The hub gives events {where}.",
    }


def _record_message(
    contract: Contract, version: ContractVersion, examples: Sequence[Example]
) -> Tree:
    key = {
        "type": "string",
        "description": f"UTF-8 text: {' | '.join(contract.key)}, joined by a vertical bar",
    }
    kafka = {
        "key": key,
        "schemaIdLocation": "payload",
        "schemaIdPayloadEncoding": "confluent",
        "schemaLookupStrategy": "TopicNameStrategy",
        "bindingVersion": _KAFKA_BINDING,
    }
    return {
        "name": version.record_name,
        "title": contract.title_zh,
        "summary": contract.title_en,
        "contentType": "avro/binary",
        "payload": {"schemaFormat": _AVRO, "schema": json.loads(version.schema)},
        "bindings": {"kafka": kafka},
        **_shown([{"name": each.name, "payload": each.event} for each in examples]),
    }


def _batch_message(
    contract: Contract, version: ContractVersion, examples: Sequence[Example]
) -> Tree:
    topic = contract.topic(version.major)
    return {
        "name": f"{topic}.batch",
        "title": f"{contract.title_zh} (CloudEvents)",
        "summary": "CloudEvents 1.0 in JSON, a batch a request; attributes from the envelope.",
        "contentType": _BATCH,
        "payload": {"type": "array", "items": _cloud_event(topic, version.major)},
        **_shown(
            [
                {"name": each.name, "payload": [cloud_event(contract, version, each.event)]}
                for each in examples
            ]
        ),
    }


def cloud_event(contract: Contract, version: ContractVersion, event: Tree) -> Tree:
    """Return the CloudEvents form of an example; one without an id has not been admitted yet."""
    defaults = {
        field.name: field.default[0] for field in event_type(version.schema).fields if field.default
    }
    return {
        "specversion": "1.0",
        "id": event.get("event_id", _NO_ID),
        "source": f"urn:lingqu:{event['origin']}",
        "type": contract.topic(version.major),
        "time": _instant(event["occurred_at"]),
        "subject": contract.key_of({**defaults, **event}),
        "lqseq": 1,
        "datacontenttype": "application/json",
        "data": event,
    }


def _instant(given: str | int) -> str:
    if isinstance(given, str):
        return given
    return moment_at(given).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cloud_event(topic: str, major: int) -> Tree:
    attributes = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "description": "event_id"},
        "source": {"type": "string", "description": "urn:lingqu:<origin>"},
        "type": {"const": topic},
        "time": {"type": "string", "format": "date-time", "description": "occurred_at"},
        "subject": {"type": "string", "description": "the record key"},
        "lqseq": {"type": "integer", "description": "number within the lane, without gaps"},
        "datacontenttype": {"const": "application/json"},
        "data": {"$ref": f"#/components/schemas/v{major}Event"},
    }
    return {
        "type": "object",
        "properties": attributes,
        "required": ["specversion", "id", "source", "type", "lqseq", "data"],
    }


def _shown(examples: list[Tree]) -> Tree:
    return {"examples": examples} if examples else {}
