from __future__ import annotations

import threading

from tests.support.clock import FakeClock

from lingqu.domain_service.preparation import Preparation
from lingqu.service.database import DatabaseUnavailableError


def test_what_waits_for_the_database_begins_when_it_is_there(clock: FakeClock) -> None:
    answers = [DatabaseUnavailableError("nobody answers"), None]
    began = threading.Event()

    def prepare() -> None:
        answer = answers.pop(0)
        if answer is not None:
            raise answer

    preparation = Preparation(prepare, clock)
    assert not preparation.attempt()
    assert "nobody answers" in preparation.missing()[0]
    preparation.run(threading.Event())
    preparation.then(lambda _stop: began.set())(threading.Event())
    assert (preparation.missing(), began.is_set()) == ([], True)


def test_what_waits_ends_when_the_service_does(clock: FakeClock) -> None:
    stop = threading.Event()
    stop.set()
    began = threading.Event()
    Preparation(lambda: None, clock).then(lambda _stop: began.set())(stop)
    assert not began.is_set()
