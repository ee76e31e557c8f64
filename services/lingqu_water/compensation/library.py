"""The agreements there are: those that ship, the operator's files, and those loaded over REST."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lingqu.admission.region import RegionScope
from lingqu.contracts.yaml_file import parse_yaml
from lingqu.errors import ContractError, InputError, NotFoundError
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.tables import AGREEMENT
from lingqu_water.judgement.items import Items

Origin = Literal["built_in", "file", "operator"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """An agreement and where it came from."""

    agreement: Agreement
    origin: Origin


class UnknownAgreementError(NotFoundError):
    """No agreement has that id."""

    def __init__(self, agreement_id: str, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no compensation agreement {agreement_id!r}; there are: "
            f"{', '.join(sorted(known))}"
        )


def read_agreements(items: Items, folder: Path | None = None) -> dict[str, Loaded]:
    """Return what ships and what the folder replaces or adds; raise ContractError naming a file."""
    shipped = files("lingqu_water.reference") / "compensation"
    found: dict[str, Loaded] = {}
    for path in sorted(shipped.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".yaml"):
            _add(found, path.read_text("utf-8"), path.name, "built_in", items)
    for own in sorted(folder.glob("*.yaml")) if folder else ():
        _add(found, own.read_text("utf-8"), str(own), "file", items)
    return found


def _add(found: dict[str, Loaded], text: str, place: str, origin: Origin, items: Items) -> None:
    agreement = parse_yaml(text, Agreement, place)
    check_items(agreement, items, place)
    there = found.get(agreement.id)
    if there is not None and there.origin == origin:
        raise ContractError(f"{place}: the id {agreement.id!r} is another file's; choose one")
    found[agreement.id] = Loaded(agreement, origin)


def check_items(agreement: Agreement, items: Items, place: str) -> None:
    """Raise ContractError for an item that the table of items does not hold."""
    for terms in agreement.rounds:
        for item in terms.items:
            try:
                items.code(item)
            except NotFoundError as error:
                raise ContractError(f"{place}: round {terms.name!r}: {error}") from error


class Library:
    """Looks agreements up; what operators have loaded is read in the caller's transaction.

    An agreement is followed where this hub's region is a party to it, or where it is an example.
    """

    def __init__(self, files: Mapping[str, Loaded], scope: RegionScope, items: Items) -> None:
        self._files = dict(files)
        self._scope = scope
        self._items = items
        self._parsed: dict[str, Agreement] = {}

    def all(self, session: Session) -> dict[str, Loaded]:
        """Return all agreements by id, in its order."""
        rows = session.execute(select(AGREEMENT.c.id, AGREEMENT.c.digest)).all()
        loaded = {
            row.id: Loaded(self._parsed.get(row.digest) or self._read(session, row.id), "operator")
            for row in rows
        }
        return dict(sorted({**self._files, **loaded}.items()))

    def get(self, session: Session, agreement_id: str) -> Loaded:
        there = self.all(session)
        if agreement_id not in there:
            raise UnknownAgreementError(agreement_id, there)
        return there[agreement_id]

    def followed(self, session: Session) -> list[Agreement]:
        """Return the agreements whose accounts are kept here."""
        every = (loaded.agreement for loaded in self.all(session).values())
        return [one for one in every if one.example or self.is_ours(one)]

    def is_ours(self, agreement: Agreement) -> bool:
        """Say whether its accounts are published and can be claimed: an example's never are."""
        return not agreement.example and self.own_party(agreement) is not None

    def own_party(self, agreement: Agreement) -> str | None:
        """Return the party this hub speaks for, None where it is none."""
        return next(filter(self._scope.admits, agreement.regions), None)

    def put(self, session: Session, agreement: Agreement, loaded_by: str, now_ms: int) -> None:
        """Store an agreement that replaces the one of its id, or adds one."""
        if not agreement.example and not self.is_ours(agreement):
            raise InputError(
                f"{agreement.id!r} is between {', '.join(agreement.regions)} and this hub speaks "
                f"for {self._scope}; load it at a party's hub, or mark it `example: true`"
            )
        check_items(agreement, self._items, f"agreement {agreement.id!r}")
        session.execute(delete(AGREEMENT).where(AGREEMENT.c.id == agreement.id))
        values = {
            "id": agreement.id,
            "digest": agreement.digest,
            "document": agreement.model_dump_json(),
            "loaded_by": loaded_by,
            "loaded_at_ms": now_ms,
        }
        session.execute(insert(AGREEMENT).values(values))

    def _read(self, session: Session, agreement_id: str) -> Agreement:
        """Parse a stored agreement, once; one that an older release took may be refused."""
        wanted = select(AGREEMENT.c.digest, AGREEMENT.c.document)
        row = session.execute(wanted.where(AGREEMENT.c.id == agreement_id)).one()
        try:
            parsed = Agreement.model_validate_json(row.document)
        except ValidationError as error:
            raise ContractError(
                f"the stored agreement {agreement_id!r} does not fit this release: "
                f"{error.errors()[0]['msg']}; load it again by PUT /v1/compensation/agreements/"
                f"{agreement_id}"
            ) from error
        self._parsed[row.digest] = parsed
        return parsed
