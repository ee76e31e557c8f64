"""One batch is read while the one before is written."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Batch = TypeVar("Batch")


def ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Yield the batches in order, the next one made by another thread meanwhile.

    At most two are in memory. What making one raises is raised in its place. Once the caller stops
    asking, the thread ends with the batch it is at.
    """
    with ThreadPoolExecutor(1, "batch-ahead") as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch
