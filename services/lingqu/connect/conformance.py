"""What every connector must do, as checks that the test of any connector can run.

A connector's author writes a `Subject` for a real target and runs `checks(subject.name)` on it:

    @pytest.mark.parametrize("check", checks("acme-sink"), ids=lambda check: check.__name__)
    def test_acme_sink(check, acme): check(Subject("acme-sink", {...}, {...}, acme.read, "t1"))
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

from lingqu.connect.api import SinkTask
from lingqu.connect.batch import Batch
from lingqu.connect.plugins import connector, parse_options
from lingqu.connect.record_source import RecordSource
from lingqu.connect.samples import Lane, sample_batch
from lingqu.connect.source_conformance import TAKING
from lingqu.connect.subject import Check, ConformanceError, Subject, refused, require
from lingqu.errors import ContractError, FencedError, RetriableError


def checks(name: str) -> list[Check]:
    """Return the checks that this connector must pass; most need a real target or source."""
    kind = connector(name)
    if issubclass(kind, SinkTask):
        return [*DESCRIPTION, *DELIVERY]
    return [*DESCRIPTION, *(TAKING if issubclass(kind, RecordSource) else ())]


def docstring_states_the_guarantee(subject: Subject) -> None:
    doc = inspect.getdoc(connector(subject.name)) or ""
    require(doc.startswith("Guarantee: "), "the class docstring begins with 'Guarantee: …'")


def readme_describes_every_option(subject: Subject) -> None:
    kind = connector(subject.name)
    readme = files(kind.__module__.rpartition(".")[0]).joinpath("README.md")
    require(readme.is_file(), f"{readme} is missing")
    text = readme.read_text(encoding="utf-8")
    missing = [name for name in kind.options_model.model_fields if f"`{name}`" not in text]
    require(not missing, f"{readme} does not describe the options {missing}")


def unknown_option_is_refused(subject: Subject) -> None:
    try:
        parse_options(subject.name, {**subject.options, "no_such_option": 1})
    except ContractError as error:
        require("no_such_option" in str(error), "the refusal names the option")
    else:
        raise ConformanceError(f"{subject.name} took an unknown option")


def batches_arrive_in_order(subject: Subject) -> None:
    with _started(subject) as (task, lane):
        for first in (1, 11, 21):
            _put(task, lane, sample_batch(lane, first, 10))
        task.stop()
    subject.expect(range(1, 31))


def next_task_goes_on_where_one_died(subject: Subject) -> None:
    """Put without `stop`, as after a kill, then let a new task go on as the hub would."""
    with _started(subject) as (died, lane):
        batch = sample_batch(lane, 1, 10)
        _put(died, lane, batch)
        task = subject.task()
        progress = task.start(lane.context(subject.parsed()))
        if task.keeps_progress == "hub":
            require(progress is None, "a sink whose progress the hub keeps returns none")
            _put(task, lane, batch)
        else:
            require(progress == lane.progress(batch).value, "start returns the last progress")
        _put(task, lane, sample_batch(lane, 11, 5))
        task.stop()
    subject.expect(range(1, 16))


def older_task_cannot_write_any_more(subject: Subject) -> None:
    with _started(subject) as (zombie, lane), _started(subject) as (task, _):
        batch = sample_batch(lane, 1, 10)
        _put(task, lane, batch)
        if task.keeps_progress == "hub":
            return  # the hub fences: it writes no intent for an older owner
        try:
            _put(zombie, lane, batch)
        except FencedError:
            subject.expect(range(1, 11))
        else:
            raise ConformanceError(f"{subject.name} let an older task write")


def nothing_leaves_when_the_agreement_says_no(subject: Subject) -> None:
    def say_no() -> None:
        raise RetriableError("the agreement is suspended")

    with _started(subject) as (task, lane):
        batch = sample_batch(lane, 1, 10)
        lane.check = say_no
        with refused(RetriableError, "put went on though check() raised"):
            _put(task, lane, batch)
        subject.expect([])
    with _started(subject) as (task, lane):
        _put(task, lane, batch)
    subject.expect(range(1, 11))


def empty_batch_delivers_nothing(subject: Subject) -> None:
    with _started(subject) as (task, lane):
        _put(task, lane, sample_batch(lane, 1, 0))
    subject.expect([])


def outage_is_retriable(subject: Subject) -> None:
    task, lane = subject.task(), subject.lane
    options = parse_options(subject.name, dict(subject.away))
    try:
        with refused(RetriableError, "neither start nor put told that the target is away"):
            task.start(lane.context(options))
            _put(task, lane, sample_batch(lane, 1, 10))
    finally:
        task.stop()
        task.stop()


DESCRIPTION: tuple[Check, ...] = (
    docstring_states_the_guarantee,
    readme_describes_every_option,
    unknown_option_is_refused,
)
DELIVERY: tuple[Check, ...] = (
    batches_arrive_in_order,
    next_task_goes_on_where_one_died,
    older_task_cannot_write_any_more,
    nothing_leaves_when_the_agreement_says_no,
    empty_batch_delivers_nothing,
    outage_is_retriable,
)


@contextmanager
def _started(subject: Subject) -> Iterator[tuple[SinkTask, Lane]]:
    task, lane = subject.task(), subject.lane
    try:
        task.start(lane.context(subject.parsed()))
        yield task, lane
    finally:
        task.stop()
        task.stop()


def _put(task: SinkTask, lane: Lane, batch: Batch) -> None:
    task.put(batch, lane.progress(batch))
