"""What registering a schema comes to, worked out before the write lock is taken.

Parsing and judging cost most, and need no lock. A plan holds as long as nobody writes; what makes
it void inside its own batch is another plan for a subject that it rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from lingqu_registry.versions import Place, Subject, Version


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
class Registered:
    """A version that holds the schema; `changed` tells that metadata or rules were added to it."""

    id: int
    version: int
    schema: Identified
    changed: bool
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Addition:
    """A version to be added; `id` is -1 where a new schema gets the context's next one.

    `subject` and `places` are the subject and its versions as the plan saw them; `uses` names the
    subjects whose schemas this one uses.
    """

    draft: Draft
    subject: Subject
    places: Sequence[Place]
    uses: frozenset[str]
    version: int
    id: int
    schema: Identified
    changed: bool


class Planner:
    """Plans a batch of drafts inside one transaction."""

    def __init__(
        self, reads: Reads, drafts: Sequence[Draft], default_level: Level, incompatible_code: int
    ) -> None:
        self._reads = reads
        self._code = incompatible_code
        asked = {full_name(draft.subject) for draft in drafts}
        self._default_level = default_level
        self._scopes = Scopes(reads, asked)
        names = {self._scopes.aliased(subject) for subject in asked}
        self._subjects = reads.subjects(names)
        held = {name for name, subject in self._subjects.items() if subject.held}
        self._places = reads.places(held) if held else {}
        self._latest = reads.latest(held) if held else {}
        self._using_others = reads.using_others(held) if held else set()
        self._uses = Uses(reads)

    def plan(self, draft: Draft) -> Registered | Addition:
        """Return what is to be done. Raises RegistryError where the schema is refused."""
        subject = self._scopes.aliased(full_name(draft.subject))
        check_subject(subject)
        settings = self._scopes.of(subject, self._default_level)
        _check_mode(subject, draft.request, settings.mode)
        importing = settings.mode == "IMPORT"
        request = draft.request
        schema: Identified | None = None
        if request.text and not request.version and not settings.changes_contracts:
            schema = identified(self._uses, subject, request, settings)
            if known := self._known(subject, schema, changed=False):
                return known
        if not importing:
            following = self._subject(subject).last_version + 1
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
            draft=draft,
            subject=self._subject(subject),
            places=self._places.get(subject, ()),
            uses=frozenset(beside(subject, each.subject) for each in schema.request.references),
            version=version,
            id=request.id,
            schema=schema,
            changed=changed,
        )

    def _known(self, subject: str, schema: Identified, *, changed: bool) -> Registered | None:
        live = [each for each in self._places.get(subject, ()) if not each.deleted]
        wanted = schema.request.id
        for place in reversed(live):
            if place.digest == schema.digest and wanted in {-1, place.id}:
                return Registered(place.id, place.version, schema, changed)
        if subject not in self._using_others:
            return None
        found = written_out(self._reads, self._uses, subject, schema)
        if found is None or wanted not in {-1, found.id}:
            return None
        return Registered(found.id, found.version, schema, changed)

    def _judge(self, subject: str, schema: Identified, settings: Settings) -> None:
        last = self._latest.get(subject)
        rows = [last] if last is not None else []
        if settings.level.endswith("_TRANSITIVE") or settings.group is not None:
            rows = self._reads.versions([subject])
        metadata = schema.request.metadata
        if found := conflicts(self._uses, settings, schema.parsed, metadata, rows):
            raise incompatible(self._code, subject, found)

    def _next_version(self, subject: str, request: SchemaRequest, *, importing: bool) -> int:
        following = self._subject(subject).last_version + 1
        if request.version <= 0:
            return following
        if request.version != following and not importing:
            raise invalid_schema("Version is not one more than previous version")
        return request.version

    def _subject(self, name: str) -> Subject:
        return self._subjects.get(name) or Subject(name, Name.of(name).context, 0, 0, 0)


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
    normalize = request.normalize or settings.normalize
    references = uses.pinned(subject, request.references)
    if normalize:  # by subject and version, as Confluent's SchemaReference compares
        references = tuple(dict.fromkeys(sorted(references, key=lambda r: (r.subject, r.version))))
    parsed = parse_schema(
        request.text,
        schema_type=request.schema_type,
        normalize=normalize,
        uses=uses.texts(subject, references),
        names=frozenset(each.name for each in references),
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
