"""A schema is found again as registering completed it."""

from __future__ import annotations

import pytest
from tests.support.avro_schemas import V1
from tests.support.registry import Api, sent

pytestmark = pytest.mark.integration

SUBJECT = "/subjects/:.~:s"
DEFAULT = {"defaultMetadata": {"properties": {"owner": "li"}}}


def test_what_was_completed_from_the_config_is_found_also_when_all_is_deleted(api: Api) -> None:
    api.play(
        [
            ("PUT", "/config/:.~:", DEFAULT, DEFAULT),
            ("POST", f"{SUBJECT}/versions", sent(V1), {"version": 1}),
            ("POST", SUBJECT, sent(V1), {"version": 1}),
            ("DELETE", SUBJECT, [1]),
            ("POST", SUBJECT, sent(V1), (404, 40401)),
            ("POST", f"{SUBJECT}?deleted=true", sent(V1), {"version": 1, "deleted": True}),
        ]
    )


def test_a_version_whose_metadata_tells_its_number_is_found(api: Api) -> None:
    numbered = {"properties": {"confluent:version": "1"}}
    api.play(
        [
            ("POST", f"{SUBJECT}/versions", sent(V1, metadata=numbered), {"version": 1}),
            ("POST", SUBJECT, sent(V1), {"version": 1, "metadata": numbered}),
            ("POST", SUBJECT, sent(V1, metadata=numbered), {"version": 1, "metadata": numbered}),
        ]
    )
