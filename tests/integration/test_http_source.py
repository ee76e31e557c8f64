"""Pages of a real HTTP server taken in: the way on, what is new on the last one, refusals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.support.listing import Listing
from tests.support.partner import SECRET

from lingqu.connect.plugins import parse_options
from lingqu.connect.samples import source_context
from lingqu.errors import ConfigurationError, ForbiddenError, PermanentError, UnavailableError
from lingqu_connectors.http.signature import Signer
from lingqu_connectors.http.source import HttpSource

pytestmark = pytest.mark.integration

SECRETS = {"token": "Bearer abc", "key": SECRET, "lines": "Bearer a\r\nx-other: b"}
WAYS: dict[str, dict[str, Any]] = {
    "link": {},
    "member": {"rows": "data.rows", "next_member": "next"},
    "cursor": {"rows": "data.rows", "cursor_member": "cursor"},
}


@pytest.fixture
def listing() -> Iterator[Listing]:
    with Listing(page_size=3).serving() as serving:
        yield serving


class Taking:
    """A source and the position that a hub would keep."""

    def __init__(self, listing: Listing, **options: Any) -> None:
        self.options = parse_options("http-source", {"url": listing.url, **options})
        self.position: bytes | None = None
        self.restart()

    def restart(self) -> None:
        """Go on as the next worker does."""
        self.source = HttpSource()
        self.source.start(source_context(self.options, {}, SECRETS))

    def numbers(self) -> list[Any]:
        """Return what comes until nothing more is there; each round by a worker of its own."""
        found: list[Any] = []
        while (polled := self.source.poll(self.position)) is not None:
            found += [None if row.row is None else row.row.get("n") for row in polled.rows]
            self.position = self.source.advance(polled, {}).position
            self.source.stop()
            self.restart()
        return found


Take = Callable[..., Taking]


@pytest.fixture
def take(listing: Listing) -> Iterator[Take]:
    """Yield what begins to take, and stop all of it at the end."""
    begun: list[Taking] = []

    def begin(**options: Any) -> Taking:
        begun.append(Taking(listing, **options))
        return begun[-1]

    yield begin
    for each in begun:
        each.source.stop()


def numbered(*numbers: int) -> list[dict[str, Any]]:
    return [{"n": n} for n in numbers]


@pytest.mark.parametrize("way", sorted(WAYS))
def test_each_row_of_each_page_comes_once_over_restarts(
    listing: Listing, take: Take, way: Any
) -> None:
    listing.way = way
    taking = take(**WAYS[way])
    assert taking.numbers() == []
    listing.rows += numbered(*range(7))
    assert taking.numbers() == [*range(7)]
    listing.rows += numbered(*range(7, 9))
    assert taking.numbers() == [7, 8]
    listing.rows += numbered(*range(9, 16))
    assert taking.numbers() == [*range(9, 16)]
    assert taking.numbers() == []


def test_a_last_page_that_has_not_changed_is_not_sent_again(listing: Listing, take: Take) -> None:
    listing.rows += numbered(*range(4))
    taking = take()
    taking.numbers()
    assert listing.statuses == [200, 200, 304]
    listing.rows += numbered(4)
    assert taking.numbers() == [4]
    assert listing.statuses[3:] == [200, 304]


def test_a_row_that_changes_on_the_last_page_comes_again_and_no_other(
    listing: Listing, take: Take
) -> None:
    listing.rows += numbered(1, 2)
    taking = take()
    assert taking.numbers() == [1, 2]
    listing.rows[:] = numbered(9, 2, 0)
    assert taking.numbers() == [9, 0]


def test_what_is_no_object_is_told_and_the_rest_comes(listing: Listing, take: Take) -> None:
    listing.rows += [{"data": {"n": 1}}, {"data": 2}, {}]
    polled = take(row="data").source.poll(None)
    assert polled is not None
    first, *others = polled.rows
    assert first.row == {"n": 1}
    assert {each.reason.detail for each in others if each.reason} == {
        "there is no JSON object at 'data' here"
    }


def test_the_partner_hears_how_long_it_asked_for(listing: Listing, take: Take) -> None:
    listing.refusals.append((429, {"Retry-After": "17"}))
    with pytest.raises(UnavailableError, match="answered 429: it asks for time") as caught:
        take().numbers()
    assert caught.value.retry_after_s == 17


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (200, "no JSON"),
        (302, "redirects are not followed"),
        (401, "the same secret"),
        (410, "rows may be missing"),
        (500, "it is in trouble"),
    ],
)
def test_an_answer_that_is_no_page_takes_nothing_and_is_asked_again(
    listing: Listing, take: Take, status: int, said: str
) -> None:
    listing.rows += numbered(1)
    listing.refusals.append((status, {}))
    taking = take()
    with pytest.raises(UnavailableError, match=f"{said}.*the same page is asked for again"):
        taking.numbers()
    assert taking.numbers() == [1]


def test_a_list_that_is_elsewhere_in_the_answer_is_told(take: Take) -> None:
    with pytest.raises(UnavailableError, match="no list at 'items': the option rows says where"):
        take(rows="items").numbers()


def test_a_next_page_at_another_host_is_never_asked_for(listing: Listing, take: Take) -> None:
    listing.rows += numbered(*range(9))
    with Listing().serving() as other:
        listing.elsewhere = f"http://127.0.0.1:{other.port}"
        with pytest.raises(PermanentError, match="only pages of the agreed host are asked for"):
            take(authorization_secret="token").numbers()
        assert other.asked == []


def test_each_request_is_signed_and_bears_the_login(listing: Listing, take: Take) -> None:
    listing.rows += numbered(*range(4))
    take(secret="key", authorization_secret="token").numbers()
    assert len(listing.asked) == 3
    for asked in listing.asked:
        known = asked.headers["webhook-id"]
        wanted = hashlib.sha256(f"GET {asked.target}".encode()).hexdigest()[:32]
        stamp = int(asked.headers["webhook-timestamp"])
        signed = Signer.of(SECRET, "key").headers(f"msg_{wanted}", stamp, b"")
        assert (known, asked.headers["webhook-signature"]) == (
            f"msg_{wanted}",
            signed["webhook-signature"],
        )
        assert asked.headers["authorization"] == "Bearer abc"


def test_a_secret_of_several_lines_is_no_header(take: Take) -> None:
    with pytest.raises(ConfigurationError, match="'lines' is no header"):
        take(authorization_secret="lines")


def test_an_address_that_the_hub_may_not_call_hears_nothing(listing: Listing) -> None:
    def refuse(address: str) -> None:
        raise ForbiddenError(f"{address} is not allowed")

    context = source_context(parse_options("http-source", {"url": listing.url}), {}, {})
    source = HttpSource()
    source.start(replace(context, permit=refuse))
    with pytest.raises(ForbiddenError, match=r"127\.0\.0\.1 is not allowed"):
        source.poll(None)
    assert listing.asked == []


def test_a_position_of_pages_by_address_is_not_read_as_a_cursor(
    listing: Listing, take: Take
) -> None:
    listing.rows += numbered(1)
    taking = take()
    taking.numbers()
    changed = take(cursor_member="cursor")
    changed.position = taking.position
    with pytest.raises(PermanentError, match=r"by address, .* asks for cursor; set it"):
        changed.numbers()
