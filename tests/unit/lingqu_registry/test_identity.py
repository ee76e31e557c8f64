from __future__ import annotations

import hashlib
from typing import Any

import pytest

from lingqu_registry.endpoints.requests import Reference
from lingqu_registry.errors import RegistryError
from lingqu_registry.identity import digest_of, digest_of_guid, guid_of
from lingqu_registry.metadata import read_metadata
from lingqu_registry.rules import read_rule_set

METADATA = read_metadata(
    {
        "tags": {"b.x": ["PII"], "a.*": ["T2", "T1"]},
        "properties": {"owner": "li", "age": "1"},
        "sensitive": ["owner"],
    }
)
RULES = read_rule_set(
    {
        "domainRules": [
            {
                "name": "check",
                "doc": "why",
                "kind": "CONDITION",
                "mode": "WRITE",
                "type": "CEL",
                "tags": ["B", "A"],
                "params": {"z": "1", "y": "2"},
                "expr": "true",
                "onSuccess": "NONE",
                "onFailure": "DLQ",
                "disabled": True,
            }
        ],
        "migrationRules": [{"name": "up", "mode": "UPGRADE", "type": "JSONATA"}],
    }
)
UP = b"upTRANSFORMUPGRADEJSONATA"
CHECK = b"checkwhyCONDITIONWRITECELABy2z1trueNONEDLQ\x01"


@pytest.mark.parametrize(
    ("parts", "hashed"),
    [
        ({}, b"hello"),
        ({"references": [Reference("n", "s", 258)]}, b"hellons\x00\x00\x01\x02"),
        ({"metadata": {}}, b"hello\x01"),
        ({"rule_set": {}}, b"hello\x01"),
        ({"metadata": METADATA}, b"hello\x01a.*T1T2b.xPIIage1ownerliowner"),
        ({"rule_set": RULES}, b"hello\x01" + UP + CHECK),
        ({"metadata": {}, "rule_set": RULES}, b"hello\x01\x01" + UP + CHECK),
    ],
)
def test_the_identity_is_the_md5_of_what_belongs_to_a_schema(
    parts: dict[str, Any], hashed: bytes
) -> None:
    assert digest_of("hello", **parts) == hashlib.md5(hashed).hexdigest()


def test_the_guid_is_the_digest_as_a_uuid() -> None:
    digest = digest_of("hello")

    assert digest == "5d41402abc4b2a76b9719d911017c592"
    assert guid_of(digest) == "5d41402a-bc4b-2a76-b971-9d911017c592"
    assert digest_of_guid(guid_of(digest).upper()) == digest
    assert digest_of_guid("no guid") is None


def test_text_that_no_utf8_carries_is_refused() -> None:
    with pytest.raises(RegistryError, match="surrogate") as caught:
        digest_of("\ud800")
    assert caught.value.code == 42201


def test_names_sort_as_java_sorts_them() -> None:
    metadata = {"properties": {"\uffff": "1", "\U00010000": "2"}}

    hashed = "x\x01\U000100002\uffff1".encode()

    assert digest_of("x", metadata=metadata) == hashlib.md5(hashed).hexdigest()
