"""What the partner's answer says of each event."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import orjson

from lingqu.connect.api import Delivered, Outcome, Refused, Verdict, Verdicts
from lingqu.errors import Reason, ReasonCode, UnavailableError
from lingqu_connectors.http.answer import Answer

_REFUSALS: Mapping[int, ReasonCode] = {400: "rejected", 413: "too_large", 422: "rejected"}
_STATUSES = ("accepted", "rejected", "retry")
_CODE = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_LONGEST_WORDS = 500

# Not the events' fault: whose move it is.
_MOVES = {
    401: "it does not accept the signature: both sides must hold the same secret",
    403: "it does not let the hub in: it must allow its address and signature",
    404: "there is nothing at that address: it must serve it, or the agreement name another",
    405: "it takes no POST there: it must serve it, or the agreement name another address",
    410: "it has given that address up: the agreement must name another",
    415: "it must take application/cloudevents-batch+json",
    429: "it asks for time",
    503: "it asks for time",
}


def outcome_of(answer: Answer, ids: Sequence[str], url: str) -> Outcome:
    """Return the outcome for the events of these ids; UnavailableError where it is unknown."""
    status = answer.status
    if status == 207:
        named = _results(answer.body, ids, url)
        verdicts = [_verdict(index, named[event_id]) for index, event_id in enumerate(ids)]
        return Verdicts([each for each in verdicts if each is not None], answer.retry_after_s)
    if 200 <= status < 300:
        return Delivered()
    said = _words(answer.body.decode("utf-8", "replace"))
    if status in _REFUSALS:
        return Refused(Reason(_REFUSALS[status], f"the partner answered {status}"), said)
    moves = "redirects are not followed: the agreement must name the address itself"
    move = _MOVES.get(status, moves if 300 <= status < 400 else "it is in trouble")
    raise UnavailableError(
        f"{url} answered {status}: {move}; the same batch is sent again",
        retry_after_s=answer.retry_after_s,
    )


def _results(body: bytes, ids: Sequence[str], url: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the results by event id. Each event must be named once, and no other."""
    try:
        results = orjson.loads(body)["results"]
        named = {result["id"]: result for result in results}
        sane = all(result["status"] in _STATUSES for result in results)
    except (ValueError, TypeError, KeyError) as error:
        _unknown(url, "is not JSON with results of id and status", error)
    if len(named) != len(results) or named.keys() != set(ids):
        known = len(named.keys() & set(ids))
        _unknown(url, f"names {known} of the {len(set(ids))} events, each of which must be once")
    if not sane:
        _unknown(url, "has a status other than accepted, rejected and retry")
    return named


def _verdict(index: int, result: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict; None where accepted. Free text may hold values, a code may not."""
    if result["status"] == "accepted":
        return None
    words = result.get("reason")
    code = words if isinstance(words, str) and _CODE.fullmatch(words) else None
    reason = Reason("rejected", "the partner refused the event", rule=code)
    said = _words(words) if isinstance(words, str) and code is None else None
    return Verdict(index, result["status"], reason, said)


def _unknown(url: str, what: str, cause: Exception | None = None) -> NoReturn:
    sentence = f"{url} answered 207 and {what}: what became of the events is unknown"
    raise UnavailableError(f"{sentence}; the same batch is sent again") from cause


def _words(text: str) -> str | None:
    return text[:_LONGEST_WORDS] or None
