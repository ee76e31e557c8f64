"""Takes in the files that a partner puts into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from lingqu.connect.api import Options
from lingqu.connect.mapping import Mapping as TableMapping
from lingqu.connect.mapping import find_mapping, load_mapping
from lingqu.connect.record_source import (
    Advance,
    Polled,
    Polling,
    RecordSource,
    SourceContext,
    SourceRow,
)
from lingqu.errors import InputError, PermanentError, Reason
from lingqu_connectors.file.folder import Folder
from lingqu_connectors.file.incoming import Arrived, Incoming
from lingqu_connectors.file.local_folder import LocalFolder
from lingqu_connectors.file.options import FileSourceOptions, SourceTerms
from lingqu_connectors.file.place import Place
from lingqu_connectors.file.reading import Part, Reading
from lingqu_connectors.file.shelves import Shelves
from lingqu_connectors.file.trouble import explained

_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class _Step:
    """What `advance` is told: the place before the rows, and whether they are the file's last."""

    before: Place
    ended: bool
    again: bool = False


class FileSource(RecordSource):
    """Guarantee: exactly once: a file, known by its name and content, is taken in once.

    How far it is commits with its rows; a file goes to `done` or `failed` afterwards, and a crash
    between the two only delays that.
    """

    options_model: ClassVar[type[Options]] = FileSourceOptions

    _held: Folder | None = None

    @classmethod
    def polling(cls, options: Any) -> Polling:
        return Polling(options.every_s)

    def start(self, context: SourceContext) -> None:
        self._context = context
        self._options: SourceTerms = context.options
        self._mapping = self._load_mapping()
        self._held = folder = self._folder(context)
        self._place = folder.place
        self._incoming = Incoming(folder, self._options)
        self._shelves = Shelves(folder)
        self._known = dict(context.notes)
        self._coming: Mapping[str, str | None] = {}
        self._reading: Reading | None = None
        with explained(self._place):
            self._shelves.open()

    def poll(self, position: bytes | None) -> Polled | None:
        place = None if position is None else Place.decode(position)
        with explained(self._place):
            if place is not None and not place.ended:
                return self._go_on(place)
            file = next(self._incoming.complete(), None)
            return None if file is None else self._begin(file)

    def advance(self, polled: Polled, refused: Mapping[int, Reason]) -> Advance:
        step: _Step = polled.state
        remarks = [_remark(polled.rows[place], reason) for place, reason in sorted(refused.items())]
        place = step.before.after(len(polled.rows), remarks, ended=step.ended)
        self._coming = {}
        if place.ended and place.taken and not step.again:
            self._coming = self._notes(place)
        return Advance(place.encode(), self._coming)

    def settled(self, position: bytes) -> None:
        place = Place.decode(position)
        if not place.ended:
            return
        self._remember()
        with explained(self._place):
            if place.failed:
                self._shelves.say(place)
            file = self._incoming.arrived(place.file)
            if file is not None and file.digest == place.digest:
                self._shelves.put_away(place.file, place.digest, failed=place.failed)

    def stop(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.close()

    def _folder(self, context: SourceContext) -> Folder:
        return LocalFolder(context.options.folder)

    def _begin(self, file: Arrived) -> Polled:
        place, known = Place(file.name, file.digest), self._known.get(file.name, "")
        if known.partition(" ")[0] == file.digest:
            self._context.tell(f"{file.name} came again unchanged; it is put away, nothing more")
            return Polled([], more=True, state=_Step(place, ended=True, again=True))
        if known:
            self._context.tell(f"{file.name} came again with another content; it is taken anew")
        self._reading = self._read(file)
        return self._next(place, self._reading)

    def _go_on(self, place: Place) -> Polled:
        reading = self._reading
        if reading is None or (reading.file.digest, reading.rows) != (place.digest, place.rows):
            file = self._incoming.arrived(place.file)
            if file is None or file.digest != place.digest:
                return self._lost(place)
            reading = self._reading = self._read(file, skip=place.rows)
        return self._next(place, reading)

    def _next(self, place: Place, reading: Reading) -> Polled:
        part = reading.next_part(_ROWS)
        return self._polled(place, part)

    def _lost(self, place: Place) -> Polled:
        why = f"{place.file} was changed or taken away after {place.rows:,} rows of it were taken"
        row = SourceRow(place.file, None, Reason("undecodable", why))
        return self._polled(place, Part([row], ended=True))

    def _polled(self, place: Place, part: Part) -> Polled:
        source = self._mapping.source if self._mapping is not None else ""
        return Polled(part.rows, more=True, source=source, state=_Step(place, part.ended))

    def _read(self, file: Arrived, *, skip: int = 0) -> Reading:
        return Reading(file, self._mapping, self._options.collected_on, skip=skip)

    def _notes(self, place: Place) -> dict[str, str | None]:
        """Return what shall be remembered of the file, and the oldest of too many to forget."""
        note = f"{place.digest} {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        if place.file in self._known or len(self._known) < self._options.remember_files:
            return {place.file: note}
        oldest = min(self._known, key=lambda name: self._known[name].partition(" ")[2])
        return {oldest: None, place.file: note}

    def _remember(self) -> None:
        """Know what has been committed."""
        for name, note in self._coming.items():
            if note is None:
                self._known.pop(name, None)
            else:
                self._known[name] = note
        self._reading, self._coming = None, {}

    def _load_mapping(self) -> TableMapping | None:
        name, place = self._options.mapping, f"option mapping of {self._context.connector!r}"
        if name is None:
            return None
        try:
            mapping = load_mapping(find_mapping(name, self._context.mappings))
        except InputError as error:
            raise PermanentError(f"{place}: {error}") from error
        if mapping.topic != self._context.topic:
            wanted = self._context.topic
            raise PermanentError(f"{place}: {name!r} is for {mapping.topic}, not for {wanted}")
        return mapping


def _remark(row: SourceRow, reason: Reason) -> str:
    place = row.place.partition(", ")[2] or row.place
    return f"{place}: {reason.detail} ({reason.code})"
