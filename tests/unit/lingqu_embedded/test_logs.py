from __future__ import annotations

from pathlib import Path

from lingqu_embedded.logs import last_lines, rotate


def test_a_log_that_grew_too_long_is_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("x" * 11)

    rotate(log, max_bytes=10)

    assert not log.exists()
    assert (tmp_path / "api.log.1").read_text() == "x" * 11


def test_a_short_log_stays(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("short")

    rotate(log, max_bytes=10)

    assert log.read_text() == "short"


def test_last_words_are_those_of_the_last_start(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("old\n")
    start = log.stat().st_size
    with log.open("a") as file:
        file.write("one\n\ntwo\nthree\n")

    assert last_lines(log, count=2, since=start) == ["two", "three"]
    assert last_lines(log, count=9, since=start) == ["one", "two", "three"]


def test_a_log_that_is_not_there_has_no_last_words(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "none.log") == []
