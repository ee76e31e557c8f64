"""What is planned of a view, and which views make no table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.support.builders import field, schema
from tests.support.tables import SCHEMA

from lingqu.connect.samples import Lane
from lingqu.errors import PermanentError
from lingqu_connectors.database.options import DatabaseSinkOptions
from lingqu_connectors.database.table import Target, plan

LONG_NAME = schema(fields=[field("station", "string"), field("x" * 64, "long")])
OUR_NAME = schema(fields=[field("station", "string"), field("lq_seq", "long")])
UNCHANGING = SCHEMA.replace('"name": "change"', '"name": "changed"')


def planned(
    options: Mapping[str, Any] = {},
    *,
    view: str = SCHEMA,
    record_key: tuple[str, ...] = ("station",),
) -> Target:
    wanted = {"url": "sqlite:////srv/x.sqlite", "table": "reading", **options}
    lane = Lane("f", "t", key=record_key)
    return plan(lane.context(DatabaseSinkOptions.model_validate(wanted), view), "postgresql")


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({}, ("station",)),
        ({"key": ["station", "occurred_at"]}, ("station", "occurred_at")),
        ({"mode": "append"}, ("lq_feed", "lq_part", "lq_seq")),
    ],
)
def test_the_record_key_names_a_row_unless_the_options_do(
    options: dict[str, Any], key: tuple[str, ...]
) -> None:
    assert planned(options).key == key


@pytest.mark.parametrize(
    ("options", "others", "sentence"),
    [
        ({}, {"record_key": ("keeper",)}, "view has no field 'keeper' to name rows by.*pseudonym"),
        ({"key": ["status"]}, {}, "leaves out 'station' of the record key"),
        ({"key": ["station", "value"]}, {}, "'value' may be null"),
        ({"withdrawn": "delete"}, {"view": UNCHANGING}, "tell no withdrawal to delete by"),
        ({}, {"view": OUR_NAME}, "'lq_seq' has the name of a column of ours"),
        ({}, {"view": LONG_NAME}, "takes over 63 bytes"),
        ({"table": "断面" * 11}, {}, "takes over 63 bytes"),
    ],
)
def test_what_makes_no_table_is_refused_with_the_cure(
    options: dict[str, Any], others: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(PermanentError, match=f"of feed 'f'.*{sentence}"):
        planned(options, **others)
