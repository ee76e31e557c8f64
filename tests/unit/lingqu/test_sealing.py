from __future__ import annotations

from pathlib import Path

import pytest

from lingqu.errors import ConfigurationError
from lingqu.sealing import HubKey, SealError, open_under, seal_under

KEY = HubKey(bytes(range(32)))


@pytest.mark.parametrize("plaintext", [b"", b"x", b"\x00" * 10_000])
def test_what_is_sealed_opens_again(plaintext: bytes) -> None:
    assert KEY.open(KEY.seal(plaintext, "agreement/a1"), "agreement/a1") == plaintext


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert KEY.seal(b"same", "c") != KEY.seal(b"same", "c")


def test_it_does_not_open_as_another_s() -> None:
    with pytest.raises(SealError, match="agreement/a2"):
        KEY.open(KEY.seal(b"x", "agreement/a1"), "agreement/a2")


def test_it_does_not_open_under_another_hub_s_key() -> None:
    with pytest.raises(SealError):
        HubKey(b"\x07" * 32).open(KEY.seal(b"x", "c"), "c")


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_any_change_is_noticed(place: int) -> None:
    letters = list(KEY.seal(b"payload", "c"))
    letters[place] = "A" if letters[place] != "A" else "Q"
    with pytest.raises(SealError):
        KEY.open("".join(letters), "c")


@pytest.mark.parametrize("sealed", ["", "AQ", "not base64!", "灵渠"])
def test_a_text_that_was_never_sealed_is_refused(sealed: str) -> None:
    with pytest.raises(SealError):
        KEY.open(sealed, "c")


def test_a_wrapped_key_seals_what_its_owner_can_open() -> None:
    wrapped = KEY.new_wrapped_key("agreement/a1")
    sealed = seal_under(KEY.open(wrapped, "agreement/a1"), b"body", "dead-letter")

    assert open_under(KEY.open(wrapped, "agreement/a1"), sealed, "dead-letter") == b"body"


def test_derived_keys_differ_by_purpose_and_name_and_stay_the_same() -> None:
    names = [("event-id", "a"), ("event-id", "b"), ("pseudonym", "a"), ("event-ida", "")]
    derived = [KEY.derive(purpose, name) for purpose, name in names]

    assert len(set(derived)) == len(names)
    assert derived == [HubKey(bytes(range(32))).derive(*name) for name in names]


def test_a_new_hub_makes_its_key_once_and_keeps_it_private(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "hub.key"
    first = HubKey.load(file)

    assert HubKey.load(file).derive("p", "n") == first.derive("p", "n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["hub.key"]


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "hub.key"
    HubKey.load(file)
    file.chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        HubKey.load(file)


@pytest.mark.parametrize("setting", ["", "short", "not base64!", "A" * 44])
def test_a_setting_that_is_no_key_is_refused(tmp_path: Path, setting: str) -> None:
    with pytest.raises(ConfigurationError):
        HubKey.load(tmp_path / "unused", setting)


def test_the_setting_wins_over_the_file(tmp_path: Path) -> None:
    given = HubKey.load(tmp_path / "hub.key", "A" * 43)

    assert given.derive("p", "n") == HubKey(bytes(32)).derive("p", "n")
    assert not (tmp_path / "hub.key").exists()


def test_the_key_never_shows() -> None:
    assert repr(KEY) == "HubKey(***)"
