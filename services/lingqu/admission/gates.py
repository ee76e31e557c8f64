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
        self._gates: dict[str, tuple[Admission, Contract]] = {}
        self._making = threading.Lock()

    @property
    def region(self) -> str:
        """Return the region that the hub itself speaks for."""
        return self._scope.codes[0]

    def of(self, topic: str) -> Admission:
        """Return the topic's gate, a new one once a new version of its contract is published.

        Raises UnknownTopic, ConflictError where its major has ended, or UnavailableError with
        Retry-After.
        """
        contract, major = self.catalogue.by_topic(topic)
        until = contract.served_until.get(major)
        if until is not None and today() > until:
            raise _ended(contract, topic, until)
        gate, made_for = self._gates.get(topic, (None, None))
        if gate is None or made_for is not contract:
            return self._made(topic, contract, major)
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

    def _made(self, topic: str, contract: Contract, major: int) -> Admission:
        with self._making:
            gate, made_for = self._gates.get(topic, (None, None))
            if gate is None or made_for is not contract:
                gate = self._make(contract, major)
                self._gates[topic] = gate, contract
            return gate

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


def _ended(contract: Contract, topic: str, until: date) -> ConflictError:
    newest = contract.topic(contract.majors[-1])
    return ConflictError(f"{topic} was served until {until}; publish on {newest}")
