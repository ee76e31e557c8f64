from __future__ import annotations

from pathlib import Path

import pytest

from lingqu.errors import ConfigurationError
from lingqu_embedded.home import HubHome


@pytest.fixture
def home(tmp_path: Path) -> HubHome:
    made = HubHome(tmp_path / "hub")
    made.make()
    return made


def test_a_home_is_held_by_one_hub_at_a_time(home: HubHome) -> None:
    lock = home.lock()
    assert lock is not None

    assert home.lock() is None
    assert home.locked()

    lock.close()
    assert not home.locked()


def test_a_home_that_was_never_made_is_not_locked(tmp_path: Path) -> None:
    assert not HubHome(tmp_path / "nothing").locked()
    assert not (tmp_path / "nothing").exists()


def test_facts_are_read_back_until_removed(home: HubHome) -> None:
    home.write_facts({"region": "43", "pid": 7})
    assert home.facts() == {"region": "43", "pid": 7}

    home.remove_facts()
    assert home.facts() is None


def test_facts_cut_short_count_as_none(home: HubHome) -> None:
    home.facts_file.write_text('{"region": ')

    assert home.facts() is None


def test_a_home_keeps_the_region_it_was_made_for(home: HubHome) -> None:
    assert home.claim("44") == "44"
    assert home.claim(None) == "44"
    with pytest.raises(ConfigurationError, match=r"belongs to region 44, not 43.*LINGQU_HOME"):
        home.claim("43")


def test_a_new_home_without_a_region_gets_the_usual_one(home: HubHome) -> None:
    assert home.claim(None) == "43"


@pytest.mark.parametrize("region", ["hunan", "4", "043", "x-canal"])
def test_what_is_no_region_does_not_claim_a_home(home: HubHome, region: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{region!r} is no region; give 2, 4 or 6 digits"):
        home.claim(region)

    assert home.claim("4306") == "4306"


def test_a_home_below_a_file_is_no_hub(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    below = HubHome(tmp_path / "file" / "hub")

    below.remove_facts()

    assert not below.locked()


def test_a_home_that_cannot_be_written_is_said_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ConfigurationError, match="set LINGQU_HOME"):
        HubHome(tmp_path / "file" / "hub").make()


def test_keys_are_for_the_owner_alone(home: HubHome) -> None:
    assert (home.root / "keys").stat().st_mode & 0o777 == 0o700
