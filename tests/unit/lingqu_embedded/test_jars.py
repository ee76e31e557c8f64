from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from lingqu.errors import UnavailableError
from lingqu_embedded import jars


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Return a cache that holds every jar in its right size, as a finished download leaves it."""
    folder = tmp_path / "jars"
    folder.mkdir()
    for jar in jars.locked():
        with (folder / jar.name).open("wb") as file:
            file.truncate(jar.size)
    return tmp_path


def test_the_lock_names_each_jar_once_with_its_sum() -> None:
    locked = jars.locked()

    assert len({jar.name for jar in locked}) == len(locked) > 40
    assert all(re.fullmatch("[0-9a-f]{64}", jar.sha256) for jar in locked)
    assert "kafka_2.13-4.1.0.jar" in {jar.name for jar in locked}


def test_complete_jars_make_a_classpath_without_network(cache: Path) -> None:
    found = jars.classpath(cache).split(os.pathsep)

    assert len(found) == len(jars.locked())
    assert all(Path(path).is_file() for path in found)


def test_a_jar_cut_short_counts_as_missing(cache: Path) -> None:
    jar = jars.locked()[0]
    os.truncate(cache / "jars" / jar.name, jar.size - 1)

    assert jars.cached(cache) == (len(jars.locked()) - 1, len(jars.locked()))


def test_without_network_the_sentence_names_jar_place_and_cure(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jars, "PAUSE_S", 0)
    jar = jars.locked()[0]
    (cache / "jars" / jar.name).unlink()

    with pytest.raises(UnavailableError) as failure:
        jars.classpath(cache, repository="http://mirror.invalid/maven")

    assert jar.name in str(failure.value)
    assert "http://mirror.invalid/maven" in str(failure.value)
    assert "LINGQU_MAVEN_REPOSITORY" in str(failure.value)
