"""Options of the file sink."""

from __future__ import annotations

from typing import Any

import pytest

from lingqu.connect.api import Batching
from lingqu.connect.plugins import parse_options
from lingqu.errors import ContractError
from lingqu_connectors.file.sink import FileSinkTask


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "option 'folder': Field required"),
        ({"folder": "out"}, "'out' is not an absolute path; begin it with '/'"),
        ({"folder": "/out", "format": "xls"}, "'avro', 'jsonl', 'parquet' or 'csv'"),
        ({"folder": "/out", "max_events": 0}, "option 'max_events'"),
        ({"folder": "/out", "max_wait_s": -1}, "option 'max_wait_s'"),
    ],
)
def test_a_wrong_option_is_named_with_its_cure(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ContractError, match=sentence):
        parse_options("file-sink", options)


def test_a_file_holds_as_many_events_as_its_options_say() -> None:
    default = parse_options("file-sink", {"folder": "/out"})
    chosen = parse_options("file-sink", {"folder": "/out", "max_events": 9, "max_wait_s": 60})
    assert FileSinkTask.batching(default) == Batching(5_000, 5.0)
    assert FileSinkTask.batching(chosen) == Batching(9, 60.0)
