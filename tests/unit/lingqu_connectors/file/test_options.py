"""Options of the file sink."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from lingqu.connect.api import Batching
from lingqu.connect.periods import Periods
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
        ({"folder": "/out", "every": "week"}, "option 'every'.* 'hour', 'day' or 'month'"),
        ({"folder": "/out", "cut_off": "18:00"}, "say every as hour, day or month too"),
        (
            {"folder": "/out", "every": "day", "cut_off": "24:00"},
            "'24:00' is no time of day; write",
        ),
        ({"folder": "/out", "every": "hour", "cut_off": "18:05"}, "a minute of it: write it as 00"),
        ({"folder": "/out", "every": "day", "max_wait_s": 9}, "give one of max_wait_s and every"),
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


def test_a_file_of_a_period_holds_all_that_fits() -> None:
    daily = parse_options("file-sink", {"folder": "/out", "every": "day", "cut_off": "18:30"})
    fewer = parse_options("file-sink", {"folder": "/out", "every": "hour", "max_events": 9})
    evening = Periods("day", time(18, 30))
    assert FileSinkTask.batching(daily) == Batching(100_000, 5.0, periods=evening)
    assert FileSinkTask.batching(fewer) == Batching(9, 5.0, periods=Periods("hour"))


HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHNAmT+lePBltqRPt86czWjzg/E3MHHnG8O0n4Ne48k0"
SERVER = {"host": "h", "host_key": HOST_KEY, "user": "u", "key_secret": "k", "folder": "in/"}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"host_key": ""}, "option 'host_key'.* the server's public key is wanted"),
        ({"host_key": "ssh-ed25519 AAAA"}, "option 'host_key'.* as ssh-keyscan prints it"),
        ({"host_key": f"h {HOST_KEY}"}, "after the host's name"),
        ({"host": "a b"}, "option 'host'"),
        ({"host_key": None}, "option 'host_key'"),
        ({"password_secret": "p"}, "give one of password_secret and key_secret"),
        ({"key_secret": None}, "give one of password_secret and key_secret"),
        ({"key_secret": "-----BEGIN OPENSSH PRIVATE KEY-----"}, "option 'key_secret'"),
        ({"folder": "in\n"}, "option 'folder'.* printable"),
        ({"format": "xls"}, "option 'format'"),
    ],
)
def test_a_wrong_option_of_a_server_is_named_with_its_cure(
    changed: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ContractError, match=sentence):
        parse_options("sftp-sink", {**SERVER, **changed})


def test_a_server_may_have_several_keys_and_a_folder_has_no_slash_at_its_end() -> None:
    options = parse_options("sftp-source", {**SERVER, "host_key": f"{HOST_KEY}\n{HOST_KEY} new\n"})
    assert options.model_dump()["folder"] == "in"
