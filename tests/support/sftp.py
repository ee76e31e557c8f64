"""A partner's SFTP server on this machine: asyncssh's, or OpenSSH's where it is installed."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncssh
from tests.support.ports import free_port
from tests.support.waiting import wait_until

PASSWORD = "the partner's word"
_BINARIES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/lib/openssh"])
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
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, _username: str, password: str) -> bool:
        return password == PASSWORD


@contextmanager
def sftp_server(
    folder: Path, kind: type[asyncssh.SFTPServer] = asyncssh.SFTPServer
) -> Iterator[SftpServer]:
    """Serve this machine's files, as asyncssh does; what it keeps lies in the folder."""
    host, user = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    users = folder / "authorized"
    users.write_bytes(user.export_public_key())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=_Door,
            server_host_keys=[host],
            authorized_client_keys=str(users),
            sftp_factory=kind,
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


@contextmanager
def openssh_server(folder: Path, sshd: str) -> Iterator[SftpServer]:
    """Serve this machine's files, as OpenSSH does."""
    host, user = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    (folder / "host").write_bytes(host.export_private_key())
    (folder / "host").chmod(0o600)
    (folder / "authorized").write_bytes(user.export_public_key())
    port, sftp = free_port(), shutil.which("sftp-server", path=_BINARIES)
    lines = (
        f"ListenAddress 127.0.0.1:{port}",
        f"HostKey {folder / 'host'}",
        f"AuthorizedKeysFile {folder / 'authorized'}",
        "StrictModes no",
        "PidFile none",
        f"Subsystem sftp {sftp}",
    )
    (folder / "sshd_config").write_text("\n".join(lines))
    command = [sshd, "-D", "-e", "-f", str(folder / "sshd_config")]
    with (folder / "log").open("w") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            wait_until(lambda: "listening" in (folder / "log").read_text() or process.poll())
            assert process.poll() is None, (folder / "log").read_text()
            yield SftpServer(port, host.export_public_key().decode().strip(), user)
        finally:
            process.terminate()


def installed_sshd() -> str | None:
    return shutil.which("sshd", path=_BINARIES)


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
