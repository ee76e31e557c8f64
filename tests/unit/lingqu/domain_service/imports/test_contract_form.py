from __future__ import annotations

import json
from pathlib import Path

from tests.support.builders import NOON, event
from tests.support.licences import licence, trial_catalogue

from lingqu.domain_service.imports.contract_form import contract_form


def test_a_contracts_form_shows_its_examples_and_none_that_is_refused(tmp_path: Path) -> None:
    contract = trial_catalogue(tmp_path).contract("trial.licence")
    envelope = {name: event()[name] for name in ("event_id", "occurred_at", "origin")}
    given = licence("A-1", heard_at=NOON.isoformat(), granted_on="2024-03-01") | envelope
    folder = contract.folder / "examples"
    folder.mkdir()
    (folder / "one.json").write_text(json.dumps(given))
    (folder / "invalid-fee.json").write_text(json.dumps(given | {"fee_fen": -1}))

    form = contract_form(contract)

    assert (form.name, form.title) == ("licence", "演示")
    (example,) = form.template().examples
    assert example[:5] == ("【示例】A-1", "某甲", "2024-03-01", "2026-03-01 20:00:00", "12.50")
