"""Secrets that agreements name and never hold, each in a file of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lingqu.errors import ConfigurationError

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class SecretFiles:
    """A folder with one file a secret, which nobody but the worker's user may read."""

    folder: Path

    def read(self, name: str) -> str:
        """Return a secret's text without the line break at its end."""
        if _NAME.fullmatch(name) is None:
            raise ConfigurationError(
                f"{name!r} is no name of a secret; use small letters, digits, '.', '_' and '-'"
            )
        file = self.folder / name
        try:
            if file.stat().st_mode & 0o077:
                raise ConfigurationError(f"the secret {file} is open to others; say chmod 600 it")
            text = file.read_text("utf-8").rstrip("\r\n")
        except FileNotFoundError as error:
            raise ConfigurationError(
                f"there is no secret {name!r}: write it into {file}, readable by the worker alone "
                "(chmod 600)"
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"the secret {file} cannot be read ({type(error).__name__}); it must be a text "
                "file that belongs to the worker's user"
            ) from error
        if not text:
            raise ConfigurationError(f"the secret {file} is empty; write the secret into it")
        return text
