"""Secrets that agreements name: found in private files, never guessed, never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from lingqu.errors import ConfigurationError
from lingqu_worker.secret_files import SecretFiles


def kept(folder: Path, text: str, mode: int = 0o600) -> SecretFiles:
    (folder / "partner-52").write_text(text, "utf-8")
    (folder / "partner-52").chmod(mode)
    return SecretFiles(folder)


def test_a_secret_is_the_text_of_its_file(tmp_path: Path) -> None:
    assert kept(tmp_path, "old key\nnew key\n").read("partner-52") == "old key\nnew key"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_secret_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(ConfigurationError, match="open to others; say chmod 600") as caught:
        kept(tmp_path, "s3cret", mode).read("partner-52")
    assert "s3cret" not in str(caught.value)


def test_a_missing_secret_says_where_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"write it into {tmp_path}/partner-52"):
        SecretFiles(tmp_path).read("partner-52")


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is empty"):
        kept(tmp_path, "\n").read("partner-52")


@pytest.mark.parametrize("name", ["../hub.key", "/etc/passwd", "", ".hidden", "A"])
def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="is no name of a secret"):
        SecretFiles(tmp_path).read(name)


def test_a_folder_in_its_place_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "partner-52").mkdir(mode=0o700)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        SecretFiles(tmp_path).read("partner-52")
