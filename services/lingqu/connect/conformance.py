"""What every connector must do, as checks that the test of any connector can run.

A connector's author writes a `Subject` for a real target and runs `checks(subject.name)` on it:

    @pytest.mark.parametrize("check", checks("acme-sink"), ids=lambda check: check.__name__)
    def test_acme_sink(check, acme): check(Subject("acme-sink", {...}, {...}, acme.read, "t1"))
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from lingqu.connect.api import Options, SinkTask
from lingqu.connect.batch import Batch
from lingqu.connect.plugins import connector, parse_options
from lingqu.connect.samples import Lane, sample_batch
from lingqu.errors import ContractError, FencedError, RetriableError


class ConformanceError(AssertionError):
    """The connector breaks a promise of the connector API."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A connector with a real target.

    `options` work, with `away` the target does not answer; `delivered(topic)` returns the sequence
    numbers that a reader of the target sees, in order, where events of that topic were delivered
    by feed `feed`. A reader of a sink that promises only at least once keeps one of each event.
    `secrets` are what options name.
    """

    name: str
    options: Mapping[str, Any]
    away: Mapping[str, Any]
    delivered: Callable[[str], Sequence[int]]
    feed: str
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def lane(self) -> Lane:
        return Lane(self.feed, f"trial.reading-{self.feed}.v1", secrets=self.secrets)

    def task(self) -> SinkTask:
        made = connector(self.name)()
        _require(isinstance(made, SinkTask), f"{self.name} is no sink")
        assert isinstance(made, SinkTask)  # noqa: S101 - said above
        return made

    def parsed(self) -> Options:
        return parse_options(self.name, dict(self.options))

    def expect(self, sequences: Sequence[int]) -> None:
        found = list(self.delivered(self.lane.topic))
        _require(
            found == list(sequences),
            f"{self.name} delivered {found[:20]} instead of {list(sequences)[:20]}",
        )


Check = Callable[[Subject], None]


def checks(name: str) -> list[Check]:
    """Return the checks that this connector must pass: those of a sink also need its target."""
    return [*DESCRIPTION, *(DELIVERY if issubclass(connector(name), SinkTask) else ())]


def docstring_states_the_guarantee(subject: Subject) -> None:
    doc = inspect.getdoc(connector(subject.name)) or ""
    _require(doc.startswith("Guarantee: "), "the class docstring begins with 'Guarantee: …'")


def readme_describes_every_option(subject: Subject) -> None:
    kind = connector(subject.name)
    readme = files(kind.__module__.rpartition(".")[0]).joinpath("README.md")
    _require(readme.is_file(), f"{readme} is missing")
    text = readme.read_text(encoding="utf-8")
    missing = [name for name in kind.options_model.model_fields if f"`{name}`" not in text]
    _require(not missing, f"{readme} does not describe the options {missing}")


def unknown_option_is_refused(subject: Subject) -> None:
    try:
        parse_options(subject.name, {**subject.options, "no_such_option": 1})
    except ContractError as error:
        _require("no_such_option" in str(error), "the refusal names the option")
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
            _require(progress is None, "a sink whose progress the hub keeps returns none")
            _put(task, lane, batch)
        else:
            _require(progress == lane.progress(batch).value, "start returns the last progress")
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
        with _refused(RetriableError, "put went on though check() raised"):
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
        with _refused(RetriableError, "neither start nor put told that the target is away"):
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


@contextmanager
def _refused(kind: type[Exception], otherwise: str) -> Iterator[None]:
    try:
        yield
    except kind:
        return
    raise ConformanceError(otherwise)


def _put(task: SinkTask, lane: Lane, batch: Batch) -> None:
    task.put(batch, lane.progress(batch))


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise ConformanceError(sentence)
