from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from lingqu.service.database import make_engine, session_factory
from lingqu.service.idempotency import (
    Answer,
    KeyReusedError,
    create_idempotency,
    forget_answers,
    once,
)

pytestmark = pytest.mark.integration

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    with made.begin() as connection:
        create_idempotency(connection)
        connection.execute(text("CREATE TABLE effect (body TEXT)"))
    yield made
    made.dispose()


def post(engine: Engine, key: str | None, body: bytes, *, fail: bool = False) -> Answer:
    """Do what an endpoint does: rows and answer in one transaction."""
    with session_factory(engine).begin() as session:

        def work() -> Answer:
            session.execute(text("INSERT INTO effect VALUES (:body)"), {"body": body.decode()})
            count = session.scalar(text("SELECT count(*) FROM effect"))
            if fail:
                raise RuntimeError("crashed")
            return Answer(202, f"{count}".encode())

        return once(session, "POST /v1/effects", key, body, NOW, work)


def effects(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM effect")) or 0)


def test_the_same_request_gets_the_first_answer_and_no_second_effect(engine: Engine) -> None:
    first = post(engine, "k1", b"a")
    post(engine, "k2", b"b")

    assert post(engine, "k1", b"a") == first == Answer(202, b"1")
    assert effects(engine) == 2


def test_a_key_with_another_body_is_refused(engine: Engine) -> None:
    post(engine, "k1", b"a")
    with pytest.raises(KeyReusedError, match="'k1'"):
        post(engine, "k1", b"b")
    assert effects(engine) == 1


def test_without_a_key_every_request_takes_effect(engine: Engine) -> None:
    post(engine, None, b"a")
    post(engine, None, b"a")
    assert effects(engine) == 2


def test_a_request_that_failed_may_be_sent_again(engine: Engine) -> None:
    with pytest.raises(RuntimeError):
        post(engine, "k1", b"a", fail=True)

    assert post(engine, "k1", b"a").status == 202
    assert effects(engine) == 1


def test_requests_at_once_with_one_key_take_effect_once(engine: Engine) -> None:
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(post(engine, "k1", b"a"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert answers == [Answer(202, b"1")] * 8
    assert effects(engine) == 1


def test_old_keys_are_forgotten_and_new_ones_kept(engine: Engine) -> None:
    post(engine, "k1", b"a")
    with session_factory(engine).begin() as session:
        assert forget_answers(session, NOW) == 0
        assert forget_answers(session, NOW + timedelta(hours=24)) == 1
    post(engine, "k1", b"b")
    assert effects(engine) == 2
