"""`/v1/contracts`: the hub's contracts, whole and in the forms that other tools read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from lingqu.contracts.exports.language import Language
from lingqu.contracts.exports.rendering import Format, render
from lingqu.contracts.exports.sql_ddl import Dialect
from lingqu.contracts.loader import load_catalogue, schemas_dir
from lingqu.contracts.model import (
    Catalogue,
    CatalogueEntry,
    Contract,
    ContractVersion,
    FieldSpec,
    RuleSpec,
    Sla,
)
from lingqu.errors import ConfigurationError, ContractError, NotFoundError
from lingqu.service.paging import CursorError, Page, PageCursor, PageSize, page, position_of
from lingqu_registry.endpoints.documentation import documented
from lingqu_registry.errors import RegistryError

_LISTING = "contracts"
_REFUSALS = {status: told for status, told in documented({}, 404).items() if status != 200}
_READ = ("*/domain.yaml", "*/*/contract.yaml", "*/*/*.avsc")
_FORMS = ("application/yaml", "application/schema+json", "application/sql", "text/markdown")
_RENDERED: dict[int | str, dict[str, Any]] = {
    **_REFUSALS,
    200: {"description": "The contract", "content": {kind: {} for kind in _FORMS}},
}

Form = Annotated[Format, Query(alias="format", description="which form")]


@dataclass(frozen=True, slots=True)
class ContractSummary:
    """One contract as lists show it; `version` is the latest."""

    name: str
    title_zh: str
    title_en: str
    steward: str
    status: str
    version: str
    topics: list[str]
    catalogue: CatalogueEntry


@dataclass(frozen=True, slots=True)
class VersionAnswer:
    """One version, under the topic and the registry subject of its major."""

    number: str
    topic: str
    subject: str
    record_name: str
    fields: tuple[FieldSpec, ...]


@dataclass(frozen=True, slots=True)
class ContractAnswer:
    """All that a contract promises."""

    name: str
    domain: str
    event: str
    title_zh: str
    title_en: str
    steward: str
    legal_basis: str
    status: str
    key: tuple[str, ...]
    partitions: int
    retention_ms: int
    compatibility: str
    on_reject: str
    sla: Sla
    catalogue: CatalogueEntry
    rules: tuple[RuleSpec, ...]
    versions: list[VersionAnswer]


class _Shelf:
    """The catalogue of a folder, read again once a file in it has changed."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._read: tuple[object, Catalogue] | None = None

    def catalogue(self) -> Catalogue:
        """Return the contracts as they are now; raise ContractError, ConfigurationError."""
        folder = schemas_dir(self._folder)
        state = _state(folder)
        if self._read is None or self._read[0] != state:
            self._read = (state, load_catalogue(folder))
        return self._read[1]


def catalogue_router(folder: Path | None) -> APIRouter:
    """Return the routes over the contracts in `folder`, by default those that are installed."""
    router = APIRouter(prefix="/v1/contracts", tags=["contracts"], responses=_REFUSALS)
    shelf = _Shelf(folder)

    @router.get("", summary="The contracts by name, with their catalogue entries")
    def list_contracts(limit: PageSize = 100, cursor: PageCursor = None) -> Page[ContractSummary]:
        with _told():
            (after,) = position_of(_LISTING, cursor) or ("",)
            rows = sorted(shelf.catalogue(), key=lambda each: each.name)
        found = [each for each in rows if each.name > str(after)][: limit + 1]
        return page(_LISTING, [_summary(each) for each in found], limit, lambda one: (one.name,))

    @router.get("/{name}", summary="All that one contract promises")
    def show_contract(name: str) -> ContractAnswer:
        with _told():
            return _answer(shelf.catalogue().contract(name))

    @router.get(
        "/{name}/export",
        summary="One contract in a form that another tool reads",
        response_class=Response,
        responses=_RENDERED,
    )
    def export_contract(
        name: str, form: Form, lang: Language = "zh", dialect: Dialect = "postgresql"
    ) -> Response:
        with _told():
            contract = shelf.catalogue().contract(name)
            rendered = render(contract, form, lang=lang, dialect=dialect)
        return Response(rendered.text, media_type=f"{rendered.media_type}; charset=utf-8")

    return router


def _state(folder: Path) -> object:
    """Return what changes with any file that a contract is read from."""
    paths = [path for pattern in _READ for path in folder.glob(pattern)]
    facts = ((path, path.stat()) for path in sorted(paths))
    return [(str(path), fact.st_mtime_ns, fact.st_size) for path, fact in facts]


@contextmanager
def _told() -> Iterator[None]:
    """Tell in the registry's form what is wrong with the request, or with the folder."""
    try:
        yield
    except (NotFoundError, CursorError) as error:
        raise RegistryError(error.status, str(error)) from error
    except (ContractError, ConfigurationError) as error:
        raise RegistryError(50001, str(error)) from error


def _summary(contract: Contract) -> ContractSummary:
    return ContractSummary(
        name=contract.name,
        title_zh=contract.title_zh,
        title_en=contract.title_en,
        steward=contract.steward,
        status=contract.status,
        version=contract.latest().number,
        topics=[contract.topic(major) for major in contract.majors],
        catalogue=contract.entry,
    )


def _answer(contract: Contract) -> ContractAnswer:
    return ContractAnswer(
        name=contract.name,
        domain=contract.domain,
        event=contract.event,
        title_zh=contract.title_zh,
        title_en=contract.title_en,
        steward=contract.steward,
        legal_basis=contract.legal_basis,
        status=contract.status,
        key=contract.key,
        partitions=contract.partitions,
        retention_ms=contract.retention_ms,
        compatibility=contract.compatibility,
        on_reject=contract.on_reject,
        sla=contract.sla,
        catalogue=contract.entry,
        rules=contract.rules,
        versions=[_version(contract, each) for each in contract.versions],
    )


def _version(contract: Contract, version: ContractVersion) -> VersionAnswer:
    return VersionAnswer(
        number=version.number,
        topic=contract.topic(version.major),
        subject=contract.subject(version.major),
        record_name=version.record_name,
        fields=version.fields,
    )
