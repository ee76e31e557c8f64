"""`make demo` and `lingqu demo` as commands: their exit status, and what they leave behind."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest
from tests.support.hub import ROOT, TestHub, inherited
from tests.support.waiting import wait_until

from lingqu_embedded.home import HubHome

pytestmark = pytest.mark.e2e


SINKS = {"kafka-sink", "http-sink", "database-sink", "file-sink"}
MEMBERS = {
    "feed", "partner", "sink", "topic", "expected", "delivered", "filtered", "withheld_fields",
    "rejected", "dead_letters", "in_order",
}  # fmt: skip


def make_demo(tmp_path: Path, options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--old-file=.venv/.installed", "demo", f"ARGS={options}"],
        cwd=ROOT,
        env={**inherited(), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_make_demo_plays_in_a_home_that_is_gone_afterwards(tmp_path: Path) -> None:
    done = make_demo(tmp_path, "--json --events 30")

    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert set(told) == {"ok", "seconds", "topics", "feeds"}
    assert told["ok"] is True
    assert told["topics"]["water.sample.v1"] == {"produced": 31}
    assert [set(feed) for feed in told["feeds"]] == [MEMBERS] * len(told["feeds"])
    assert {feed["sink"] for feed in told["feeds"]} == SINKS
    assert list(tmp_path.glob("tmp.*")) == []


def test_make_demo_exits_with_the_demos_status(tmp_path: Path) -> None:
    done = make_demo(tmp_path, "--schemas /nowhere")

    assert done.returncode != 0
    assert "lingqu: /nowhere: no such folder of contracts" in done.stderr
    assert list(tmp_path.glob("tmp.*")) == []


def test_a_killed_demo_leaves_no_hub_behind(tmp_path: Path) -> None:
    home = HubHome(tmp_path / "home")
    demo = TestHub(home.root, 0)
    with subprocess.Popen(
        demo.command("demo"), env=demo.environ, cwd=ROOT, stderr=subprocess.DEVNULL
    ) as playing:
        wait_until(lambda: (home.facts() or {}).get("processes"), 60)
        playing.send_signal(signal.SIGKILL)

    wait_until(lambda: not home.locked(), 90)
    assert home.facts() is None
