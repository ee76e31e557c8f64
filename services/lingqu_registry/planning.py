"""What registering a schema comes to, worked out before the write lock is taken.

Parsing and judging cost most, and need no lock: a plan says which revisions of which subjects it
is based on, and is made again where one of them has changed when it comes to writing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lingqu_registry.endpoints.requests import SchemaRequest
from lingqu_registry.errors import incompatible, invalid_schema, not_permitted
from lingqu_registry.identity import digest_of
from lingqu_registry.judging import conflicts
from lingqu_registry.levels import Level
from lingqu_registry.metadata import version_in, with_version
from lingqu_registry.names import Name, beside, check_subject, full_name
from lingqu_registry.parsing.canonical import canonical_text
from lingqu_registry.parsing.parsed import ParsedSchema, parse_schema
from lingqu_registry.scopes import Mode, Scopes, Settings, check_writable
from lingqu_registry.store.reads import Reads
from lingqu_registry.store.references import Uses
from lingqu_registry.versions import Place, Version


@dataclass(frozen=True, slots=True)
class Draft:
    """A schema that somebody wants to be a version of a subject."""

    subject: str
    request: SchemaRequest


@dataclass(frozen=True, slots=True)
class Identified:
    """A schema in its canonical text, with its references pinned, and its identity."""

    request: SchemaRequest
    parsed: ParsedSchema
    digest: str


@dataclass(frozen=True, slots=True)
class Known:
    """The subject has it already."""

    id: int
    version: int
    schema: Identified
    changed: bool


@dataclass(frozen=True, slots=True)
class Addition:
    """A version to be added; `id` is -1 where a new schema gets the context's next one.

    `based_on` are the revisions that the plan saw, by subject; `places` the subject's versions.
    """

    subject: str
    version: int
    id: int
    schema: Identified
    changed: bool
    based_on: Mapping[str, int]
    places: Sequence[Place]

    @property
    def context(self) -> str:
        return Name.of(self.subject).context


class Planner:
    """Plans a batch of drafts inside one read transaction."""

    def __init__(
        self, reads: Reads, drafts: Sequence[Draft], default_level: Level, incompatible_code: int
    ) -> None:
        self._reads = reads
        self._code = incompatible_code
        asked = {full_name(draft.subject) for draft in drafts}
        self._default_level = default_level
        self.scopes = Scopes(reads, asked)
        names = {self.scopes.aliased(subject) for subject in asked}
        self.scopes.read(reads, names)
        used = {
            beside(one.subject, each.subject) for one in drafts for each in one.request.references
        }
        self._asked = names | used
        self._subjects = reads.subjects(self._asked)
        held = {name for name in names if name in self._subjects and self._subjects[name].held}
        self._places = reads.places(held) if held else {}
        self._latest = reads.latest(held) if held else {}
        self._using_others = reads.using_others(held) if held else set()
        self._uses = Uses(reads)

    def plan(self, draft: Draft) -> Known | Addition:
        """Return what is to be done. Raises RegistryError where the schema is refused."""
        subject = self.scopes.aliased(full_name(draft.subject))
        check_subject(subject)
        settings = self.scopes.of(subject, self._default_level)
        _check_mode(subject, draft.request, settings.mode)
        importing = settings.mode == "IMPORT"
        request = draft.request
        schema: Identified | None = None
        if request.text and not request.version and not settings.changes_contracts:
            schema = identified(self._uses, subject, request, settings)
            if known := self._known(subject, schema, changed=False):
                return known
        if not importing:
            following = self._following(subject)
            request = completed(request, self._latest.get(subject), settings, following)
        changed = request != draft.request
        if schema is None or changed:
            schema = identified(self._uses, subject, request, settings)
            if not request.version and (known := self._known(subject, schema, changed=changed)):
                return known
        version = self._next_version(subject, request, importing=importing)
        if not importing:
            self._judge(subject, schema, settings)
        return Addition(
            subject=subject,
            version=version,
            id=request.id,
            schema=schema,
            changed=changed,
            based_on=self._based_on(subject, schema.request),
            places=self._places.get(subject, ()),
        )

    def _known(self, subject: str, schema: Identified, *, changed: bool) -> Known | None:
        live = [each for each in self._places.get(subject, ()) if not each.deleted]
        wanted = schema.request.id
        for place in reversed(live):
            if place.digest == schema.digest and wanted in {-1, place.id}:
                return Known(place.id, place.version, schema, changed)
        if subject not in self._using_others:
            return None
        found = written_out(self._reads, self._uses, subject, schema)
        if found is None or wanted not in {-1, found.id}:
            return None
        return Known(found.id, found.version, schema, changed)

    def _judge(self, subject: str, schema: Identified, settings: Settings) -> None:
        last = self._latest.get(subject)
        rows = [last] if last is not None else []
        if settings.level.endswith("_TRANSITIVE") or settings.group is not None:
            rows = self._reads.versions([subject])
        metadata = schema.request.metadata
        if found := conflicts(self._uses, settings, schema.parsed, metadata, rows):
            raise incompatible(self._code, subject, found)

    def _next_version(self, subject: str, request: SchemaRequest, *, importing: bool) -> int:
        following = self._following(subject)
        if request.version <= 0:
            return following
        if request.version != following and not importing:
            raise invalid_schema("Version is not one more than previous version")
        return request.version

    def _following(self, subject: str) -> int:
        found = self._subjects.get(subject)
        return found.last_version + 1 if found is not None else 1

    def _based_on(self, subject: str, request: SchemaRequest) -> dict[str, int]:
        names = {subject, *(beside(subject, each.subject) for each in request.references)}
        found = self._subjects
        if unread := names - found.keys() - self._asked:
            found = found | self._reads.subjects(unread)
        return {name: found[name].revision if name in found else 0 for name in names}


def completed(
    request: SchemaRequest, last: Version | None, settings: Settings, following: int | None
) -> SchemaRequest:
    """Return the request with what it leaves out taken from the latest version and config.

    `following` is the number that its metadata shall tell; with None it tells what it did.
    """
    metadata, rules = request.metadata, request.rule_set
    if last is not None:
        if not request.text.strip():
            request = replace(
                request, text=last.text, schema_type=last.schema_type, references=last.references
            )
        metadata = last.metadata if metadata is None else metadata
        rules = last.rule_set if rules is None else rules
    metadata, rules = settings.metadata(metadata), settings.rule_set(rules)
    if following is not None and (request.version or version_in(metadata) is not None):
        metadata = with_version(metadata, following)
    return replace(request, metadata=metadata, rule_set=rules)


def identified(uses: Uses, subject: str, request: SchemaRequest, settings: Settings) -> Identified:
    """Return a schema as it is kept. Raises 42201."""
    references = uses.pinned(subject, request.references)
    parsed = parse_schema(
        request.text,
        schema_type=request.schema_type,
        normalize=request.normalize or settings.normalize,
        uses=uses.texts(subject, references),
        is_new=settings.mode != "IMPORT",
    )
    digest = digest_of(parsed.text, references, request.metadata, request.rule_set)
    return Identified(replace(request, references=references), parsed, digest)


def written_out(
    reads: Reads, uses: Uses, subject: str, schema: Identified, *, deleted: bool = False
) -> Version | None:
    """Return the version that the schema is when all that this one uses is written out in it."""
    if schema.request.references or schema.parsed.tree is None:
        return None
    text = canonical_text(schema.parsed.tree)
    for version in reads.with_references(subject):
        if version.deleted and not deleted:
            continue
        if version.schema_type == "AVRO" and uses.resolved(version) == text:
            return version
    return None


def _check_mode(subject: str, request: SchemaRequest, mode: Mode) -> None:
    check_writable(subject, mode)
    place = f"Subject {subject} in context {Name.of(subject).context}"
    if request.id >= 0 and mode != "IMPORT":
        raise not_permitted(f"{place} is not in import mode")
    if request.id < 0 and mode != "READWRITE":
        raise not_permitted(f"{place} is not in read-write mode")
