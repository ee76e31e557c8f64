"""The gate of each topic, ready as soon as the registry has told its schema id."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date

from lingqu.admission.gate import Admission
from lingqu.admission.region import RegionScope
from lingqu.admission.twins import Twins, today
from lingqu.contracts.model import Catalogue, Contract
from lingqu.errors import ConflictError, InputError, UnavailableError
from lingqu.wire.registry import RegistryClient

_RETRY_AFTER_S = 2.0


class Gates:
    """Admission by topic; may be shared by threads. The registry is asked once a topic."""

    def __init__(
        self,
        catalogue: Catalogue,
        registry: RegistryClient,
        *,
        scope: RegionScope,
        environment: str,
        id_key: bytes,
    ) -> None:
        self.catalogue = catalogue
        self._registry = registry
        self._scope = scope
        self._environment = environment
        self._id_key = id_key
        self._gates: dict[str, tuple[Admission, date | None]] = {}  # and the last day of each
        self._making = threading.Lock()

    @property
    def region(self) -> str:
        """Return the region that the hub itself speaks for."""
        return self._scope.codes[0]

    def of(self, topic: str) -> Admission:
        """Return the topic's gate.

        Raises UnknownTopic, ConflictError where its major has ended, or UnavailableError with
        Retry-After.
        """
        gate, until = self._gates.get(topic) or self._made(topic)
        if until is not None and today() > until:
            raise self._ended(topic, until)
        return gate

    def missing(self) -> list[str]:
        """Ask for what is not known yet, and say in sentences what still is not."""
        for topic in self.catalogue.topics():
            try:
                with suppress(ConflictError):
                    self.of(topic)
            except UnavailableError as error:
                return [str(error)]
        return []

    def _made(self, topic: str) -> tuple[Admission, date | None]:
        contract, major = self.catalogue.by_topic(topic)
        until = contract.served_until.get(major)
        if until is not None and today() > until:
            raise self._ended(topic, until)
        with self._making:
            if topic not in self._gates:
                self._gates[topic] = self._make(contract, major), until
            return self._gates[topic]

    def _ended(self, topic: str, until: date) -> ConflictError:
        contract, _ = self.catalogue.by_topic(topic)
        newest = contract.topic(contract.majors[-1])
        return ConflictError(f"{topic} was served until {until}; publish on {newest}")

    def _make(self, contract: Contract, major: int) -> Admission:
        return Admission(
            contract,
            major,
            scope=self._scope,
            environment=self._environment,
            schema_of=self._registry.schema,
            schema_id=self._schema_id(contract, major),
            id_key=self._id_key,
            twins=Twins(contract, major, lambda other: self._schema_id(contract, other)),
        )

    def _schema_id(self, contract: Contract, major: int) -> int:
        subject, schema = contract.subject(major), contract.latest(major).schema
        try:
            known = self._registry.lookup(subject, schema)
            return self._registry.register(subject, schema) if known is None else known
        except UnavailableError as error:
            raise UnavailableError(str(error), retry_after_s=_RETRY_AFTER_S) from error
        except InputError as error:
            raise UnavailableError(
                f"{contract.topic(major)} takes no events: the registry refuses the contract's "
                f"schema ({error})"
            ) from error
