from __future__ import annotations

from pathlib import Path

from lingqu_embedded.aot import AotCache

JAVA = Path("java")


def draft(cache: AotCache) -> Path:
    return Path(cache.making()[0].partition("=")[2])


def test_what_a_run_left_is_used_from_then_on(tmp_path: Path) -> None:
    cache = AotCache(tmp_path, JAVA, "a.jar")
    assert cache.using() == []
    draft(cache).write_bytes(b"learnt")

    cache.keep()

    (kept,) = tmp_path.iterdir()
    assert cache.using()[0] == f"-XX:AOTCache={kept}"
    assert cache.making() == []


def test_a_run_that_left_nothing_is_no_matter(tmp_path: Path) -> None:
    cache = AotCache(tmp_path / "absent", JAVA, "a.jar")

    cache.keep()

    assert cache.using() == []


def test_other_jars_and_another_java_have_caches_of_their_own(tmp_path: Path) -> None:
    first = AotCache(tmp_path, JAVA, "a.jar")
    draft(first).write_bytes(b"learnt")
    first.keep()

    assert AotCache(tmp_path, JAVA, "b.jar").using() == []
    assert AotCache(tmp_path, Path("java-26"), "a.jar").using() == []
