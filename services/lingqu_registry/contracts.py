"""The hub's contracts registered at start, each version in order under its topic's subject."""

from __future__ import annotations

import logging

from lingqu.contracts.loader import load_catalogue, schemas_dir
from lingqu.contracts.model import Contract
from lingqu.errors import LingquError
from lingqu.metrics import Metrics
from lingqu.service.database import database_errors
from lingqu_registry.endpoints.requests import SchemaRequest
from lingqu_registry.errors import RegistryError
from lingqu_registry.levels import level_named
from lingqu_registry.metrics import CONTRACTS_CLASHING
from lingqu_registry.registration import Registration
from lingqu_registry.setting import set_config
from lingqu_registry.settings import RegistrySettings
from lingqu_registry.store.store import Store

logger = logging.getLogger(__name__)


class ContractLoading:
    """Registers the contracts once; what clashes is told here and stops nothing else."""

    def __init__(self, settings: RegistrySettings, store: Store, metrics: Metrics) -> None:
        self._settings = settings
        self._store = store
        self._metrics = metrics
        self._missing = ["the contracts are not registered yet; wait a moment"]

    def missing(self) -> list[str]:
        """Return the sentences of what is not registered."""
        return list(self._missing)

    def load(self, registration: Registration) -> None:
        """Register all. Raises DatabaseUnavailableError, and may then be called again."""
        found: list[str] = []
        try:
            catalogue = load_catalogue(schemas_dir(self._settings.schemas_dir))
        except LingquError as error:
            found.append(str(error))
        else:
            with database_errors():
                for contract in catalogue:
                    found += self._register(contract, registration)
        for sentence in found:
            logger.error("contract not registered", extra={"cause": sentence})
        self._metrics.set(CONTRACTS_CLASHING, len(found))
        self._missing = found

    def _register(self, contract: Contract, registration: Registration) -> list[str]:
        place = f"contract {contract.name}"
        try:
            for major in {version.major: None for version in contract.versions}:
                self._set_level(contract.subject(major), contract.compatibility)
            for version in contract.versions:
                place = f"contract {contract.name} v{version.number}"
                subject = contract.subject(version.major)
                registration.register(subject, SchemaRequest(version.schema))
        except RegistryError as error:
            return [f"{place}: {error}; write a new version, or a new major if it must break"]
        return []

    def _set_level(self, subject: str, level: str) -> None:
        set_config(self._store, subject, {"compatibility": level_named(level)})
