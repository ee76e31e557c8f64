"""The command line of the fault runs."""

from __future__ import annotations

import argparse
import logging
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from tests.faults import report
from tests.faults.partners import main as partners
from tests.faults.partners.chapter import Chapter
from tests.faults.plan import Scale, plan_round
from tests.faults.rig import ROOT, RigError, running, wait
from tests.faults.trial import Outcome, Trial, cast
from tests.faults.views import main as views

from lingqu.errors import LingquError
from lingqu.service.database import make_engine

_FULL_ROUNDS, _FULL_EVENTS = 20, 200_000
_SOAK_ROUNDS = 200
_PARTNERS_EVENTS = 8_000
_PACE = 2_000


def main(arguments: Sequence[str]) -> int:
    """Run the rounds; 1 when a promise was broken, 2 when the run itself could not go on."""
    options = _options(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    logging.getLogger("librdkafka").setLevel(logging.CRITICAL)  # killed brokers are the point here
    home = Path(tempfile.mkdtemp(prefix="lingqu-faults-"))
    outcomes: list[Outcome] = []
    chapters: list[Chapter] = []
    began = time.monotonic()
    try:
        if options.partners:
            return _play_partners(options, arguments, home)
        if options.views:
            return _play_views(options, arguments, home)
        run(options, home, outcomes)
        chapters += _play_all_partners(options, home)
    except KeyboardInterrupt:
        _say("interrupted; all is stopped")
        shutil.rmtree(home, ignore_errors=True)
        return 130
    except (RigError, LingquError) as error:
        _say(f"the run could not go on: {error}; what there is, is in {home}")
        return 2
    if options.report:
        took_s = time.monotonic() - began
        text = report.render(arguments, options.seed, outcomes, chapters, took_s)
        options.report.write_text(text, "utf-8")
        _say(f"wrote {options.report}")
    if broken := report.broken_in(outcomes, chapters):
        _say(f"BROKEN in {broken}; ledgers, files, verdicts and logs are in {home}")
        return 1
    faults = report.kinds(outcomes, chapters)
    _say(f"{faults.total()} faults of {len(faults)} kinds in {len(outcomes)} rounds")
    _say("nothing lost, doubled, reordered or leaked")
    if options.keep or any(outcome.tracebacks for outcome in outcomes):
        _say(f"ledgers, files, verdicts and logs are in {home}")
    else:
        shutil.rmtree(home, ignore_errors=True)
    return 0


def _play_partners(options: argparse.Namespace, arguments: Sequence[str], home: Path) -> int:
    chapters = partners.run(options, home, _say)
    if options.report:
        options.report.write_text(partners.render(arguments, options.seed, chapters), "utf-8")
        _say(f"wrote {options.report}")
    if any(chapter.broken for chapter in chapters):
        _say(f"BROKEN; journals and logs are in {home}")
        return 1
    if not options.keep:
        shutil.rmtree(home, ignore_errors=True)
    return 0


def _play_all_partners(options: argparse.Namespace, home: Path) -> list[Chapter]:
    """Play each partner after the rounds, with fewer events; none after a mere part of them."""
    if not options.report:
        return []
    folder = home / "partners"
    folder.mkdir()
    said = vars(options) | {"partners": ",".join(partners.PARTNERS), "events": _PARTNERS_EVENTS}
    return partners.run(argparse.Namespace(**said), folder, _say)


def _play_views(options: argparse.Namespace, arguments: Sequence[str], home: Path) -> int:
    found = views.run(options, home, _say)
    if options.report:
        options.report.write_text(views.render(arguments, options.seed, found), "utf-8")
        _say(f"wrote {options.report}")
    shutil.rmtree(home, ignore_errors=True)
    return 1 if found.broken else 0


def run(options: argparse.Namespace, home: Path, outcomes: list[Outcome]) -> None:
    """Play the rounds one after the other on one rig."""
    _say(f"seed {options.seed}; starting brokers, database and registry in {home}")
    spread_s = options.events / options.pace
    # A frozen process keeps SQLite's lock for all: there nobody could take over, or even append.
    frozen = options.database != "sqlite"
    with running(home, options.database, wide=True) as rig:
        if "disk" not in rig.ailing:
            _say("skipped: the disk is never full, since this user may not mount a small one")
        scale = Scale(spread_s, relay_zombies=frozen, source=True, wide=tuple(rig.ailing))
        engine = make_engine(rig.database)
        troupes = cast(rig)
        for part in ("worker", "relay"):
            troupes[part].current.start()
        wait(lambda: troupes["relay"].current.alive, troupes["relay"].current)
        for number in range(options.first, options.first + options.rounds):
            plan = plan_round(options.seed, number, scale)
            load = (options.events, max(plan.end_s, spread_s))
            trial = Trial(rig, engine, troupes, plan, load, options.seed, _say)
            outcomes.append(trial.play())
            _say(report.line(outcomes[-1]))
            if outcomes[-1].clean and not options.keep:
                trial.clear()
            else:
                report.keep(home, outcomes[-1])
        engine.dispose()


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults ARGS=…", description=__doc__)
    parser.add_argument("--rounds", type=int, help=f"default {_FULL_ROUNDS}, soak {_SOAK_ROUNDS}")
    parser.add_argument("--events", type=int, help="a round, or a partner")
    parser.add_argument(
        "--partners",
        nargs="?",
        const=",".join(partners.PARTNERS),
        help=f"instead of rounds, partners that misbehave: {', '.join(partners.PARTNERS)}",
    )
    parser.add_argument(
        "--views",
        nargs="?",
        type=int,
        const=views.AGREEMENTS,
        help=f"instead of rounds, so many random agreements a contract; {views.AGREEMENTS} if bare",
    )
    parser.add_argument("--first", type=int, default=1, help="number of the first round")
    parser.add_argument("--pace", type=int, default=_PACE, help="most events a second")
    parser.add_argument("--seed", type=int, help="of an earlier run, to repeat its faults")
    parser.add_argument("--database", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--soak", action="store_true", help=f"{_SOAK_ROUNDS} rounds")
    parser.add_argument("--keep", action="store_true", help="keep logs and ledgers of clean rounds")
    parser.add_argument("--report", type=Path, help="default: deploy/reports/faults.md, if full")
    options = parser.parse_args(arguments)
    if unknown := set((options.partners or "").split(",")) - {"", *partners.PARTNERS}:
        parser.error(f"no partner {', '.join(unknown)}; there are {', '.join(partners.PARTNERS)}")
    options.events = options.events or (partners.EVENTS if options.partners else _FULL_EVENTS)
    options.rounds = options.rounds or (_SOAK_ROUNDS if options.soak else _FULL_ROUNDS)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1_000_000)
    full = options.rounds >= _FULL_ROUNDS and options.events >= _FULL_EVENTS
    if options.partners:
        whole = set(options.partners.split(",")) == set(partners.PARTNERS)
        if options.report is None and whole and options.events >= partners.EVENTS:
            options.report = ROOT / "deploy" / "reports" / "faults-partners.md"
    elif options.views:
        if options.report is None and options.views >= views.AGREEMENTS:
            options.report = ROOT / "deploy" / "reports" / "faults-views.md"
    elif options.report is None and full:
        options.report = ROOT / "deploy" / "reports" / "faults.md"
    return options


def _say(text: str) -> None:
    print(f"faults: {text}", flush=True)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
