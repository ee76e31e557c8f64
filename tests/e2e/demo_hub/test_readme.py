"""Whatever the pages for newcomers say to type is typed here, and prints what they show."""

from __future__ import annotations

import json
import re

import pytest
from tests.support.hub import ROOT
from tests.support.reader import Reader
from tests.support.readme import Command, blocks, commands, missing
from tests.support.waiting import wait_until

pytestmark = pytest.mark.e2e

PAGE = (ROOT / "README.md").read_text("utf-8")
BLOCKS = list(blocks(PAGE))
TYPED = [command for block in BLOCKS if block.language == "console" for command in commands(block)]
GUIDE = list(blocks((ROOT / "schemas" / "README.md").read_text("utf-8")))
INSTALLING = ("creating .venv", "installing what")


@pytest.fixture(scope="module", autouse=True)
def saved(run: tuple[Reader, str]) -> None:
    run[0].save_programs(BLOCKS)


@pytest.mark.parametrize(
    "command", TYPED, ids=[f"{n}-{one.line[:30]}" for n, one in enumerate(TYPED)]
)
def test_a_command_prints_what_the_page_shows(command: Command, run: tuple[Reader, str]) -> None:
    reader, printed = run
    if command.line != "make run":
        printed = reader.type(command.line)
    shown = tuple(line for line in command.shown if not line.startswith(INSTALLING))
    assert missing(shown, printed) == [], printed


def test_what_is_published_is_consumed_and_dropped_as_the_view_says(
    run: tuple[Reader, str],
) -> None:
    reader, _ = run
    folder = reader.folder / "chongqing"

    assert "桔子洲 2026-11-22 08:00:00+00:00 Ⅱ" in reader.type("python consume.py")
    wait_until(lambda: any("桔***" in file.read_text("utf-8") for file in folder.glob("*.csv")), 60)
    dropped = "".join(file.read_text("utf-8") for file in folder.glob("*.csv"))
    assert '桔子洲"' not in dropped.replace("43-桔子洲", "")
    assert "operator_phone" not in dropped


def test_what_the_page_points_at_is_there(run: tuple[Reader, str]) -> None:
    reader, _ = run
    said = reader.type("lingqu consume water.sample.v1 --from-beginning --json --timeout 3")
    assert any("undecodable" in json.loads(line) for line in said.splitlines())
    logs = {file.stem for file in (reader.hub.home / "logs").glob("*.log")}
    assert logs >= {"hub", "kafka", "api", "domains", "worker"}
    paths = re.findall(r"^\| `([\w/]+)`", PAGE.partition("## The house")[2], re.MULTILINE)
    assert paths
    assert [path for path in paths if not (ROOT / path).is_dir()] == []


def test_the_guide_to_a_new_domain_is_true_word_for_word(run: tuple[Reader, str]) -> None:
    reader, _ = run
    arrived = ""
    for block in GUIDE:
        if block.name:
            reader.save(block)
        for command in commands(block) if block.language == "console" else ():
            printed = reader.type(command.line)
            assert missing(command.shown, printed) == [], printed
            arrived = printed if "cat stages" in command.line else arrived

    assert "38.12" in arrived
    assert "38.31" in arrived
    assert "observer_phone" not in arrived
    assert "13800000000" not in arrived
    assert sorted(path.name for path in reader.hub.schemas.iterdir()) == sorted(
        path.name for path in (ROOT / "schemas").iterdir()
    )


def test_programs_are_as_short_as_promised() -> None:
    lengths = {block.name: len(block.text.splitlines()) for block in BLOCKS if block.name}
    assert lengths["consume.py"] <= 12
    assert lengths["publish.py"] <= 12
    terms = next(block for block in BLOCKS if block.name == "chongqing.yaml").text
    assert len(terms.partition("agreements:\n")[2].splitlines()) <= 15
