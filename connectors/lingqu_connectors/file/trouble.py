"""What goes wrong with a folder, in words; all of it may be over the next time."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from lingqu.errors import RetriableError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_MISSING = {errno.ENOENT, errno.ENOTDIR}


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Raise every OSError as a RetriableError that names the place and the cure."""
    try:
        yield
    except OSError as error:
        raise RetriableError(_sentence(place, error)) from error


def _sentence(place: str, error: OSError) -> str:
    if error.errno in _FULL:
        return f"{place}: the disk is full; free space there, the same file is written again"
    if error.errno in _REFUSED:
        return f"{place}: the worker may not write there; grant its user write access"
    if error.errno in _MISSING:
        return f"{place}: there is no such folder; create or mount it"
    return f"{place}: {error.strerror or error}; check the disk or the mount"
