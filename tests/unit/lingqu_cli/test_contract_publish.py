"""What publishing leaves in a contract's folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.support.builders import contract_folder

from lingqu.contracts.loader import load_contract
from lingqu_cli.contract_publish import mark


def test_marking_keeps_every_line_and_how_lines_end(tmp_path: Path) -> None:
    folder = contract_folder(tmp_path, status="draft", releases={}) / "demo" / "reading"
    path = folder / "contract.yaml"
    before = f"# By hand.\n{path.read_text('utf-8')}".encode().replace(b"\n", b"\r\n")
    path.write_bytes(before)

    assert mark(load_contract(folder, drafts=True), date(2026, 11, 22)) == ["1.0"]

    after = path.read_bytes()
    assert after.count(b"\n") == after.count(b"\r\n")
    kept = {b"status: released", b"releases:", *before.split(b"\r\n")}
    added = [line for line in after.split(b"\r\n") if line not in kept]
    assert [line.split(b":")[0] for line in added] == [b'  "1.0"']
    assert sorted(each.name for each in folder.iterdir()) == ["contract.yaml", "v1.0.avsc"]
    assert set(load_contract(folder).releases) == {"1.0"}
