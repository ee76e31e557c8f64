"""What an agreement says about a folder on an SFTP server."""

from __future__ import annotations

from typing import Annotated, Self

import asyncssh
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lingqu.connect.api import SECRET_NAME, Options
from lingqu_connectors.file.options import SinkTerms, SourceTerms


def _host_keys(text: str) -> str:
    try:
        for line in text.strip().splitlines() or [""]:
            asyncssh.import_public_key(line)
    except ValueError as error:
        raise ValueError(
            "the server's public key is wanted, a line each: 'ssh-ed25519 AAAA…', as ssh-keyscan "
            "prints it after the host's name and the server's operator confirms it"
        ) from error
    return text


def _path(folder: str) -> str:
    if any(not character.isprintable() for character in folder):
        raise ValueError("the folder's path must be printable characters only")
    return folder.rstrip("/") or "/"


class ServerOptions(Options):
    """Which server, which of its folders, who we are there, and how it proves itself."""

    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,253}$")] = Field(
        description="name or address of the SFTP server"
    )
    port: int = Field(default=22, ge=1, le=65_535, description="port of the SFTP server")
    host_key: Annotated[str, AfterValidator(_host_keys)] = Field(
        description="public key of the server, one a line: ssh-ed25519 AAAA…"
    )
    user: Annotated[str, StringConstraints(pattern=r"^[^\s:]{1,64}$")] = Field(
        description="login name there"
    )
    password_secret: str | None = Field(
        default=None, pattern=SECRET_NAME, description="name of the secret that is the password"
    )
    key_secret: str | None = Field(
        default=None,
        pattern=SECRET_NAME,
        description="name of the secret that is the private key, as OpenSSH or PEM writes it",
    )
    folder: Annotated[
        str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(_path)
    ] = Field(
        description="path of an existing folder there; without '/' in front, from the login's home"
    )
    timeout_s: float = Field(
        default=120.0, ge=1, le=86_400, description="longest wait for one whole file, in seconds"
    )

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if (self.password_secret is None) == (self.key_secret is None):
            raise ValueError("give one of password_secret and key_secret, by the secret's name")
        return self


class SftpSinkOptions(ServerOptions, SinkTerms):
    """Where the files go on a partner's SFTP server, and how."""


class SftpSourceOptions(ServerOptions, SourceTerms):
    """Where files come on an SFTP server, and what is taken of them."""
