"""The schemas that a schema uses, by the references sent with it."""

from __future__ import annotations

from collections.abc import Sequence

from lingqu_registry.endpoints.requests import LATEST, Reference
from lingqu_registry.errors import RegistryError, invalid_schema
from lingqu_registry.names import beside
from lingqu_registry.parsing.canonical import canonical_text
from lingqu_registry.parsing.parsed import ParsedSchema, parse_schema
from lingqu_registry.store.reads import Reads
from lingqu_registry.versions import Version


class Uses:
    """Follows references inside one transaction; what was read once is remembered."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._read: dict[tuple[str, int], Version | None] = {}

    def pinned(self, parent: str, references: Sequence[Reference]) -> tuple[Reference, ...]:
        """Return the references with real versions in place of -1. Raises 42201."""
        return tuple(
            Reference(each.name, each.subject, self._version(parent, each).version)
            for each in references
        )

    def texts(self, parent: str, references: Sequence[Reference]) -> tuple[str, ...]:
        """Return the texts that the references lead to, each after those it uses itself."""
        found: dict[str, None] = {}
        for each in references:
            used = self._version(parent, each)
            inner = self.texts(used.subject, used.references)
            found |= dict.fromkeys([*inner, used.text])
        return tuple(found)

    def parsed(self, version: Version) -> ParsedSchema:
        uses = self.texts(version.subject, version.references)
        kind = version.schema_type
        return parse_schema(version.text, schema_type=kind, uses=uses, is_new=False)

    def resolved(self, version: Version) -> str:
        """Return the text with all that it uses written out in it."""
        tree = self.parsed(version).tree
        return version.text if tree is None else canonical_text(tree)

    def _version(self, parent: str, reference: Reference) -> Version:
        key = (beside(parent, reference.subject), reference.version)
        if key not in self._read:
            self._read[key] = self._reads.version(*key, deleted=True)
        found = self._read[key]
        if found is None:
            raise _missing(reference)
        return found


def _missing(reference: Reference) -> RegistryError:
    version = "latest" if reference.version == LATEST else reference.version
    return invalid_schema(
        f'No schema reference found for subject "{reference.subject}" and version {version};'
        " register what it uses first"
    )
