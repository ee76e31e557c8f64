"""Delivers a lane as files in a folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from lingqu.connect.api import (
    Batching,
    Delivered,
    Options,
    ProgressRecord,
    SinkContext,
    SinkTask,
)
from lingqu.connect.batch import Batch
from lingqu.errors import RetriableError
from lingqu_connectors.file import avro_container, json_lines, parquet, spreadsheet
from lingqu_connectors.file.drop import Drop
from lingqu_connectors.file.folder import Folder
from lingqu_connectors.file.local_folder import LocalFolder
from lingqu_connectors.file.manifest import file_name, lane_name, manifest_for, manifest_name
from lingqu_connectors.file.options import FileSinkOptions, Format, SinkTerms

_ENCODERS: dict[Format, Callable[[Batch, str], bytes]] = {
    "avro": avro_container.encode,
    "jsonl": json_lines.encode,
    "parquet": parquet.encode,
    "csv": spreadsheet.encode,
}


class FileSinkTask(SinkTask):
    """Guarantee: each event is in exactly one file that a manifest names.

    The hub makes the range durable before `put` (the intent) and again after it; a put that follows
    a crash names the same range and therefore the same file with the same bytes. The manifest
    appears last, so a file without one does not count yet.
    """

    options_model: ClassVar[type[Options]] = FileSinkOptions
    keeps_progress = "hub"
    needs_intent = True

    _context: SinkContext
    _options: SinkTerms
    _drop: Drop | None = None

    @classmethod
    def batching(cls, options: Any) -> Batching:
        return Batching(options.most_events, options.max_wait_s, periods=options.periods)

    def start(self, context: SinkContext) -> None:
        self._context = context
        self._options = context.options
        self._drop = Drop(self._folder(context))
        self._drop.open(lane_name(context.topic, context.lane_feed, context.partition))

    def put(self, batch: Batch, progress: ProgressRecord) -> Delivered:
        del progress  # the hub's own cluster keeps it
        if self._drop is None:
            raise RetriableError(f"feed {batch.feed!r} is not open")
        closes = batch.period is not None and batch.period.closes
        if (len(batch) or closes) and not self._is_there(self._drop, batch):
            self._write(self._drop, batch)
        return Delivered()

    def stop(self) -> None:
        drop, self._drop = self._drop, None
        if drop is not None:
            drop.close()

    def _folder(self, context: SinkContext) -> Folder:
        return LocalFolder(context.options.folder)

    def _is_there(self, drop: Drop, batch: Batch) -> bool:
        """Say whether this file was finished before; the partner may have fetched it already."""
        name = file_name(batch, self._options.format)
        found = drop.read(manifest_name(name))
        return found is not None and manifest_for(batch, name, b"").matches(found)

    def _write(self, drop: Drop, batch: Batch) -> None:
        name = file_name(batch, self._options.format)
        content = _ENCODERS[self._options.format](batch, name)
        manifest = manifest_for(batch, name, content)
        drop.place(name, content, self._context.check)
        drop.place(manifest.name, manifest.encode(), self._context.check)
