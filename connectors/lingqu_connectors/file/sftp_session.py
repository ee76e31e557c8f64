"""One kept connection to an SFTP server, and what goes wrong with it in words."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import asyncssh

from lingqu.errors import ConfigurationError, PermanentError, UnavailableError
from lingqu_connectors.file.sftp_options import ServerOptions

_CONNECT_S = 15.0
_KEEPALIVE_S = 15.0

_MISSING = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPNotADirectory)
_REFUSED = (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect)
_FULL = (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded)
_LOST = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection)

T = TypeVar("T")
Request = Callable[[asyncssh.SFTPClient], Coroutine[Any, Any, T]]


class Session:
    """Logs in when first asked, and anew when the server has closed the connection at rest.

    Asked from one thread. The connection lives in another, so that it answers the server's
    questions while nothing is asked, and notices within a minute that the server is gone. Only a
    server that proves one of the agreed host keys is told who we are.
    """

    def __init__(
        self,
        options: ServerOptions,
        secret: Callable[[str], str],
        permit: Callable[[str], None],
    ) -> None:
        self.server = f"SFTP server {options.user}@{options.host}:{options.port}"
        self._options = options
        self._proof = _proof(options, secret)
        self._permit = permit
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sftp", daemon=True)
        self._thread.start()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    def ask(self, request: Request[T]) -> T:
        """Run the request and return its answer.

        What the server says of a file is an OSError, as if the file were here. Raises
        UnavailableError when the server is away or goes away, whatever it has done of the request,
        and PermanentError when one side cannot prove itself to the other.
        """
        with self._told():
            client = self._client
            if client is None or self._connection is None or self._connection.is_closed():
                client = self._connect()
            return self._run(request(client), self._options.timeout_s)

    def close(self) -> None:
        """Let the connection and its thread go."""
        if self._loop.is_closed():
            return
        self._leave()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T], timeout_s: float) -> T:
        async def bounded() -> T:
            async with asyncio.timeout(timeout_s):
                return await work

        return asyncio.run_coroutine_threadsafe(bounded(), self._loop).result()

    def _connect(self) -> asyncssh.SFTPClient:
        self._leave()
        try:
            plain = self._reach()
            self._client = self._run(self._log_in(plain), 2 * _CONNECT_S)
        except OSError as error:
            raise self._away(f"is not reached ({error.strerror or error})") from error
        return self._client

    def _reach(self) -> socket.socket:
        plain = socket.create_connection((self._options.host, self._options.port), _CONNECT_S)
        try:
            self._permit(plain.getpeername()[0])
        except BaseException:
            plain.close()
            raise
        return plain

    async def _log_in(self, plain: socket.socket) -> asyncssh.SFTPClient:
        """Try the one proof agreed on, and nothing that this machine or its user may have."""
        password = self._proof if isinstance(self._proof, str) else None
        ways = ["publickey"] if password is None else ["password", "keyboard-interactive"]
        self._connection = await asyncssh.connect(
            self._options.host,
            self._options.port,
            sock=plain,
            config=None,
            username=self._options.user,
            known_hosts=(_keys(self._options.host_key), [], []),
            password=password,
            client_keys=None if isinstance(self._proof, str) else [self._proof],
            agent_path=None,
            gss_host=None,
            preferred_auth=ways,
            login_timeout=_CONNECT_S,
            keepalive_interval=_KEEPALIVE_S,
        )
        return await self._connection.start_sftp_client()

    def _leave(self) -> None:
        """Drop the connection, with whatever was being asked."""
        connection, self._connection, self._client = self._connection, None, None
        if connection is not None:
            self._loop.call_soon_threadsafe(connection.abort)
            with contextlib.suppress(Exception):
                self._run(connection.wait_closed(), _CONNECT_S)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (asyncssh.HostKeyNotVerifiable, asyncssh.KeyExchangeFailed) as error:
            raise PermanentError(
                f"{self.server} does not prove the host key of the agreement ({error.reason}); ask "
                "its operator for the key, and agree on it as host_key if it is the right one"
            ) from error
        except asyncssh.PermissionDenied as error:
            raise PermanentError(
                f"{self.server} refuses the login; ask its operator whether user and "
                f"{self._named_proof} are the right ones, and correct the agreement or the secret"
            ) from error
        except asyncssh.SFTPError as error:
            raise self._as_of_a_file(error) from error
        except asyncssh.ChannelOpenError as error:
            raise self._away(f"offers this user no SFTP ({error.reason})") from error
        except TimeoutError as error:
            self._leave()
            raise self._away("gave no whole answer in time") from error
        except (asyncssh.Error, ConnectionError) as error:
            raise self._away(f"was lost ({error})") from error

    @property
    def _named_proof(self) -> str:
        kind = "password_secret" if self._options.password_secret else "key_secret"
        return f"{kind} {self._options.password_secret or self._options.key_secret!r}"

    def _as_of_a_file(self, error: asyncssh.SFTPError) -> Exception:
        if isinstance(error, _LOST):
            return self._away(f"was lost ({error.reason})")
        if isinstance(error, _MISSING):
            return FileNotFoundError(errno.ENOENT, error.reason)
        if isinstance(error, _REFUSED):
            return PermissionError(errno.EACCES, error.reason)
        number = errno.ENOSPC if isinstance(error, _FULL) else errno.EIO
        return OSError(number, f"the server says {error.reason or 'failure'!r} without more")

    def _away(self, what: str) -> UnavailableError:
        return UnavailableError(f"{self.server} {what}; the same is done again when it answers")


def _keys(text: str) -> list[asyncssh.SSHKey]:
    return [asyncssh.import_public_key(line) for line in text.strip().splitlines()]


def _proof(options: ServerOptions, secret: Callable[[str], str]) -> str | asyncssh.SSHKey:
    """Return the password or the private key that an option names."""
    if options.password_secret is not None:
        return secret(options.password_secret)
    try:
        return asyncssh.import_private_key(secret(options.key_secret or ""))
    except ValueError as error:  # asyncssh's own are ValueErrors
        raise ConfigurationError(
            f"the secret {options.key_secret!r} is no private key without a passphrase; write one "
            "there as ssh-keygen makes it"
        ) from error
