"""A folder on an SFTP server."""

from __future__ import annotations

import contextlib
import errno
import posixpath
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncssh
from asyncssh import SFTPClient

from lingqu.errors import RetriableError
from lingqu_connectors.file.folder import Folder, Shape
from lingqu_connectors.file.sftp_session import Session

_REGULAR = asyncssh.FILEXFER_TYPE_REGULAR
_UNKNOWN = asyncssh.FILEXFER_TYPE_UNKNOWN


class SftpFolder(Folder):
    """Durable after write where the server offers `fsync@openssh.com`.

    A move replaces in one step where it offers `posix-rename@openssh.com`. The protocol has no word
    to sync a folder: how soon a new name survives a power cut there is the server's affair.
    """

    def __init__(self, session: Session, path: str) -> None:
        self.place = f"{session.server}, folder {path}"
        self._session = session
        self._path = path
        self._copies = tempfile.TemporaryDirectory(prefix="lingqu-sftp-")

    def open(self) -> None:
        if not self._session.ask(lambda client: client.isdir(self._path)):
            raise FileNotFoundError(errno.ENOENT, "no such folder")

    def list(self) -> Mapping[str, Shape]:
        return self._session.ask(self._listed)

    def stat(self, name: str) -> Shape | None:
        return self._session.ask(lambda client: self._shape(client, name))

    def read(self, name: str) -> bytes | None:
        async def content(client: SFTPClient) -> bytes | None:
            try:
                async with client.open(self._at(name), "rb") as file:
                    found: Any = await file.read()
                    return bytes(found)
            except asyncssh.SFTPNoSuchFile:
                return None

        return self._session.ask(content)

    def fetch(self, name: str) -> Path:
        """Return a whole copy, as old as the file; the one before it goes."""
        copy = Path(self._copies.name) / name
        try:
            for old in copy.parent.iterdir():
                old.unlink()
            return self._session.ask(lambda client: self._copied(client, name, copy))
        except FileNotFoundError:
            raise
        except OSError as error:
            raise RetriableError(
                f"{self.place}: {name} cannot be copied to {copy.parent} of the worker "
                f"({error.strerror or error}); make room there, or see to the server"
            ) from error

    def write(self, name: str, content: bytes) -> None:
        async def written(client: SFTPClient) -> None:
            try:
                async with client.open(self._at(name), "xb") as file:
                    await file.write(content)
                    with contextlib.suppress(asyncssh.SFTPOpUnsupported):
                        await file.fsync()
            except asyncssh.SFTPFailure as error:
                raise await self._full(client, len(content)) from error

        self._session.ask(written)

    def move(self, old: str, new: str) -> None:
        async def moved(client: SFTPClient) -> None:
            try:
                await client.posix_rename(self._at(old), self._at(new))
            except asyncssh.SFTPOpUnsupported:
                await client.stat(self._at(old))
                if await client.exists(self._at(new)):
                    await client.remove(self._at(new))
                await client.rename(self._at(old), self._at(new))

        self._session.ask(moved)

    def remove(self, name: str) -> None:
        async def removed(client: SFTPClient) -> None:
            if await client.exists(self._at(name)):
                await client.remove(self._at(name))

        self._session.ask(removed)

    def make(self, name: str) -> None:
        async def made(client: SFTPClient) -> None:
            if not await client.isdir(self._at(name)):
                await client.mkdir(self._at(name))

        self._session.ask(made)

    def close(self) -> None:
        self._session.close()
        self._copies.cleanup()

    def _at(self, name: str) -> str:
        return posixpath.join(self._path, name)

    async def _listed(self, client: SFTPClient) -> Mapping[str, Shape]:
        """Leave out what is no plain file, and a name that would lead out of the folder."""
        return {
            str(entry.filename): _shape(entry.attrs)
            for entry in await client.readdir(self._path)
            if entry.attrs.type in (_REGULAR, _UNKNOWN) and "/" not in str(entry.filename)
        }

    async def _shape(self, client: SFTPClient, name: str) -> Shape | None:
        try:
            return _shape(await client.stat(self._at(name)))
        except asyncssh.SFTPNoSuchFile:
            return None

    async def _copied(self, client: SFTPClient, name: str, copy: Path) -> Path:
        before = await client.stat(self._at(name))
        await client.get(self._at(name), copy, preserve=True)
        if _shape(await client.stat(self._at(name))) != _shape(before):
            raise FileNotFoundError(errno.ENOENT, "it is written to: not there as a whole yet")
        return copy

    async def _full(self, client: SFTPClient, needed: int) -> OSError:
        """Say what a failure without a cause most likely is: this protocol has no full disk."""
        try:
            disk = await client.statvfs(self._path)
        except asyncssh.SFTPError:
            return OSError(errno.EIO, "the server fails to write and says no more")
        number = errno.ENOSPC if disk.bavail * disk.frsize < needed else errno.EIO
        return OSError(number, "the server fails to write; its quota may be used up")


def _shape(attrs: asyncssh.SFTPAttrs) -> Shape:
    return Shape(attrs.size or 0, (attrs.mtime or 0) * 1_000_000_000 + (attrs.mtime_ns or 0))
