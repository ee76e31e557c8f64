"""The fault runs' checker reads a folder as a partner would, and trusts no manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.faults.checking.folder import Folder
from tests.faults.checking.judge import Seen, Verdict
from tests.faults.checking.ledger import Event
from tests.faults.checking.promises import DROP

EVENTS = {f"e{n}": Event(f"e{n}", "43-S1", n, 50, "calm") for n in (1, 2, 3)}


def row(number: int, **overrides: Any) -> dict[str, Any]:
    event = EVENTS[f"e{number}"]
    shown = {**event._asdict(), "keeper": "***", "phone": "***77", "lq_seq": number}
    return {**shown, **overrides}


def write(folder: Path, rows: list[dict[str, Any]], **false: Any) -> Path:
    first, last = rows[0]["lq_seq"], rows[-1]["lq_seq"]
    name = f"drop-{first}-{last}.jsonl"
    content = b"".join(json.dumps(each).encode() + b"\n" for each in rows)
    (folder / name).write_bytes(content)
    manifest = {
        "file": name,
        "feed": "drop",
        "partition": 0,
        "first_sequence": first,
        "last_sequence": last,
        "events": len(rows),
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        **false,
    }
    (folder / f"{name}.manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder / name


def seen_in(folder: Path) -> list[Seen]:
    return list(Folder(folder, "drop").seen(EVENTS, DROP))


def test_files_are_read_in_the_order_of_their_manifests(tmp_path: Path) -> None:
    write(tmp_path, [row(3)])
    write(tmp_path, [row(1), row(2)])

    found = seen_in(tmp_path)

    assert [seen.sequence for seen in found] == [1, 2, 3]
    assert not any(seen.wrong or seen.leaks for seen in found)


def test_a_file_without_a_manifest_does_not_count_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "drop-1-1.jsonl").write_text(json.dumps(row(1)) + "\n", "utf-8")
    verdict = Verdict()

    Folder(tmp_path, "drop").compare(verdict)

    assert seen_in(tmp_path) == []
    assert (verdict.unlisted, verdict.broken) == (1, 0)


def test_a_manifest_without_its_file_is_blamed(tmp_path: Path) -> None:
    write(tmp_path, [row(1)]).unlink()
    verdict = Verdict()

    Folder(tmp_path, "drop").compare(verdict)

    assert verdict.wrong == 1


def test_a_manifest_that_is_false_is_found(tmp_path: Path) -> None:
    write(tmp_path, [row(1), row(2)], sha256="0" * 64, events=3)

    assert [seen.wrong for seen in seen_in(tmp_path)] == [
        "manifest of drop-1-2.jsonl is false in ['sha256', 'events']",
        None,
    ]


def test_hidden_values_in_a_file_are_a_leak(tmp_path: Path) -> None:
    write(tmp_path, [row(1, phone="secret-1-77")])

    [seen] = seen_in(tmp_path)

    assert seen.leaks
    assert "differs in ['phone']" in str(seen.wrong)
