"""A partner's SFTP server on this machine: asyncssh's own, or OpenSSH's behind its transport."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncssh
from tests.support.debian import unpacked

PASSWORD = "the partner's word"
_OPENSSH = "/usr/lib/openssh/sftp-server"
_CHUNK = 16_384


@dataclass(frozen=True, slots=True)
class SftpServer:
    """Where it listens, and who may come in."""

    port: int
    host_key: str
    user_key: asyncssh.SSHKey

    @property
    def secrets(self) -> dict[str, str]:
        return {"our-key": self.user_key.export_private_key().decode(), "our-word": PASSWORD}

    def options(self, folder: Path, /, **more: Any) -> dict[str, Any]:
        """Return a connector's options for a folder of this server."""
        login = {"user": getpass.getuser(), "key_secret": "our-key"}
        server = {"host": "127.0.0.1", "port": self.port, "host_key": self.host_key}
        return {**server, **login, "folder": str(folder), **more}


class _Door(asyncssh.SSHServer):
    """Lets in who knows the word; a program, where there is one, speaks SFTP with the client."""

    def __init__(self, program: Path | None) -> None:
        self._program = program

    def session_requested(self) -> bool | asyncssh.SSHServerSession[bytes]:
        return self._program is None or _Spoken(self._program)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, _username: str, password: str) -> bool:
        return password == PASSWORD


class _Spoken(asyncssh.SSHServerSession[bytes]):
    """Passes on what client and program say to each other."""

    def __init__(self, program: Path) -> None:
        pipe = subprocess.PIPE
        self._child = subprocess.Popen([program], bufsize=0, stdin=pipe, stdout=pipe)
        self._loop = asyncio.get_running_loop()

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def subsystem_requested(self, subsystem: str) -> bool:
        return subsystem == "sftp"

    def session_started(self) -> None:
        threading.Thread(target=self._answer, daemon=True).start()

    def data_received(self, data: bytes, _datatype: asyncssh.DataType) -> None:
        assert self._child.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._child.stdin.write(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.kill()
        self._child.wait()

    def _answer(self) -> None:
        assert self._child.stdout is not None
        with self._child.stdout as told, contextlib.suppress(RuntimeError):  # the loop has ended
            while said := told.read(_CHUNK):
                self._loop.call_soon_threadsafe(self._say, said)

    def _say(self, said: bytes) -> None:
        if not self._channel.is_closing():
            self._channel.write(said)


@contextmanager
def sftp_server(
    folder: Path, kind: type[asyncssh.SFTPServer] | Path = asyncssh.SFTPServer
) -> Iterator[SftpServer]:
    """Serve this machine's files, as asyncssh does or the program; its keys lie in the folder."""
    host, user = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    users = folder / "authorized"
    users.write_bytes(user.export_public_key())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    program = kind if isinstance(kind, Path) else None

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Door(program),
            server_host_keys=[host],
            authorized_client_keys=str(users),
            sftp_factory=None if isinstance(kind, Path) else kind,
            encoding="utf-8" if program is None else None,
        )

    async def end(acceptor: asyncssh.SSHAcceptor) -> None:
        acceptor.close()
        await acceptor.wait_closed()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield SftpServer(acceptor.get_port(), host.export_public_key().decode().strip(), user)
    finally:
        asyncio.run_coroutine_threadsafe(end(acceptor), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def openssh_program() -> Path:
    """Return OpenSSH's sftp-server: this machine's own, else Debian's."""
    own = Path(_OPENSSH)
    return own if own.exists() else unpacked("openssh-sftp-server") / own.relative_to("/")


@contextmanager
def cut_after(server: SftpServer, sent: int) -> Iterator[tuple[SftpServer, threading.Event]]:
    """Stand before the server, and hang up once a client has sent so many bytes; the event tells.

    After that nobody is let in any more.
    """
    cut = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=_pass_on, args=(door, server.port, sent, cut), daemon=True)
        thread.start()
        yield replace(server, port=door.getsockname()[1]), cut
    thread.join()


def _pass_on(door: socket.socket, port: int, sent: int, cut: threading.Event) -> None:
    with contextlib.suppress(OSError):
        client, _ = door.accept()
        door.close()
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            for side in (client, server):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            while sent > 0 and (chunk := client.recv(min(sent, _CHUNK))):
                server.sendall(chunk)
                sent -= len(chunk)
            if sent <= 0:
                cut.set()
            for side in (client, server):
                with contextlib.suppress(OSError):
                    side.shutdown(socket.SHUT_RDWR)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(_CHUNK):
            target.sendall(chunk)
