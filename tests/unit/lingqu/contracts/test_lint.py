"""Lint says everything at once, each with its place, its cause and its cure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.builders import RULE, contract_folder, field, reading_fields, schema

from lingqu.contracts.finding import Finding
from lingqu.contracts.lint import Linted, lint
from lingqu.contracts.loader import load_contract
from lingqu.errors import ContractError

OTHER = {"name": "other", "message": "m"}


def linted(tmp_path: Path, **folder: Any) -> Linted:
    return lint(contract_folder(tmp_path, **folder) / "demo" / "reading")


def said(found: Linted, severity: str = "error") -> list[str]:
    return [
        f"{each.file.name}: {each.cause}; {each.cure}"
        for each in found.findings
        if each.severity == severity
    ]


def test_a_good_contract_has_no_errors(tmp_path: Path) -> None:
    found = linted(tmp_path)

    assert said(found) == []
    assert found.contract is not None


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"key": ["statio"]}, "contract.yaml: key: v1.0.avsc has no field 'statio'; did you mean"),
        ({"key": ["operator"]}, "contract.yaml: key: 'operator' is of type nullable string; a key"),
        ({"key": ["note"]}, "contract.yaml: key: 'note' has a default, so that events without it"),
        (
            {"rules": [RULE, RULE]},
            "contract.yaml: rules: two are called 'value_not_negative'; rena",
        ),
        (
            {"rules": [{**OTHER, "expression": "value >="}]},
            "contract.yaml: rules: other: not a CEL expression: line 1, column 9",
        ),
        (
            {"rules": [{**OTHER, "expression": "valu > 0.0"}]},
            "contract.yaml: rules: other: v1.0.avsc has no field 'valu'; did you mean 'value'?",
        ),
        ({"status": "released"}, "contract.yaml: status is released, and no version is under rel"),
        ({"majors": {3: {"served_until": "2027-01-01"}}}, "contract.yaml: majors: there is no ma"),
        ({"catalogue": {"update_cycle": "x"}}, "contract.yaml: catalogue: update_cycle 'x' is no"),
        ({"steward": None, "zzz": 1}, "contract.yaml: the setting 'steward' is missing; add it"),
    ],
)
def test_what_is_wrong_in_the_contract_file_is_said(
    tmp_path: Path, settings: dict[str, Any], sentence: str
) -> None:
    assert any(each.startswith(sentence) for each in said(linted(tmp_path, **settings)))


@pytest.mark.parametrize(
    "settings",
    [
        {"key": ["statio"]},
        {"key": ["parts"]},
        {"rules": [RULE, RULE]},
        {"rules": [{**OTHER, "expression": "value >="}]},
        {"rules": [{**OTHER, "expression": "valu > 0.0"}]},
        {"catalogue": {"update_cycle": "x"}},
        {"status": "released"},
        {"releases": {"1.1": {"released_on": "2026-01-01", "digest": "a" * 64}}},
        {"releases": {"1.0": {"released_on": "2026-01-01", "digest": "a" * 64}}},
    ],
)
def test_what_the_loader_refuses_lint_says(tmp_path: Path, settings: dict[str, Any]) -> None:
    found = linted(tmp_path, **settings)

    with pytest.raises(ContractError) as refusal:
        load_contract(tmp_path / "schemas" / "demo" / "reading")

    path, _, sentence = str(refusal.value).partition(": ")
    assert f"{Path(path).name}: {sentence}" in said(found)
    assert found.errors[0].line is not None or path.endswith(".avsc")


def test_all_is_said_at_once_with_lines(tmp_path: Path) -> None:
    fields = [
        field("station", "string"),
        field("a", "float"),
        field("b", "string", kind="work_secret"),
        field("c", "long", doc=""),
        field("d", "long", grade="core"),
    ]
    text = json.dumps(json.loads(schema(fields=fields)), indent=1)

    found = linted(tmp_path, versions={"1.0": text}, zzz=1)

    settings = (tmp_path / "schemas/demo/reading/contract.yaml").read_text("utf-8").splitlines()
    assert {(each.file.name, each.line) for each in found.errors} == {
        ("contract.yaml", settings.index("zzz: 1") + 1),
        *(("v1.0.avsc", line_of(text, name)) for name in "abcd"),
    }
    assert any("'work_secret' is never shared; leave the field out" in e for e in said(found))
    assert any("grade 'core' is never shared" in e for e in said(found))
    assert any("is outside the profile; use double" in e for e in said(found))


def line_of(text: str, name: str) -> int:
    """Return the line on which the field begins, the one above its name."""
    return next(n for n, line in enumerate(text.splitlines()) if f'"name": "{name}"' in line)


def test_what_needs_care_is_a_warning(tmp_path: Path) -> None:
    fields = [
        field("station", "string", kind="commercial"),
        field("owner", "string", grade=3, kind="personal"),
        field("depth", "long", grade="important", default=0),
    ]
    rule = {**OTHER, "expression": "station.lowerAscii() == 'a'"}

    found = linted(tmp_path, versions={"1.0": schema(fields=fields)}, rules=[rule])

    assert said(found) == []
    warnings = "\n".join(said(found, "warning"))
    assert "owner: grade 3 and personal without a default; only a field with a default" in warnings
    assert "depth: important data reaches only agreements with risk_assessment" in warnings
    assert "key: 'station' is commercial, and keys stand in clear" in warnings
    assert "rule other: runs row by row" in warnings


def test_a_minor_that_breaks_the_level_is_an_error(tmp_path: Path) -> None:
    more = [*reading_fields(), field("added", "string")]

    found = linted(tmp_path, versions={"1.0": schema(), "1.1": schema(fields=more)})

    [sentence] = said(found)
    assert "v1.1.avsc: breaks FULL_TRANSITIVE against 1.0: added is not written" in sentence
    assert sentence.endswith("keep to it, or write v2.0.avsc")


def test_a_new_major_says_how_long_the_older_one_is_served(tmp_path: Path) -> None:
    two = {"1.0": schema(), "2.0": schema()}

    assert (
        "it is not said how long v1 is served beside v2" in said(linted(tmp_path, versions=two))[0]
    )
    stated = linted(tmp_path, versions=two, majors={1: {"served_until": "2099-12-31"}})
    assert said(stated) == []


def test_a_published_version_is_never_edited(tmp_path: Path) -> None:
    release = {"1.0": {"released_on": "2026-01-01", "digest": "0" * 64}}

    found = linted(tmp_path, status="released", releases=release)

    assert said(found) == [
        (
            "v1.0.avsc: was edited after its release on 2026-01-01; restore it, and write the"
            " change as a new version"
        )
    ]


def test_files_that_cannot_be_read_hide_no_others(tmp_path: Path) -> None:
    root = contract_folder(tmp_path)
    folder = root / "demo" / "reading"
    (folder / "v1.0.avsc").write_text("{", "utf-8")
    (folder / "latest.avsc").write_text("{}", "utf-8")
    (folder / "contract.yaml").write_text("key: [a\nb: 1\n", "utf-8")
    (root / "demo" / "domain.yaml").unlink()

    found = lint(folder)

    places = {(each.file.name, each.line) for each in found.errors}
    assert places == {
        ("v1.0.avsc", 1),
        ("latest.avsc", None),
        ("contract.yaml", 2),
        ("domain.yaml", None),
    }
    assert found.contract is None


def test_a_finding_reads_as_place_cause_cure() -> None:
    finding = Finding("error", Path("a.yaml"), 3, "it is wrong", "mend it")

    assert str(finding) == "a.yaml:3: it is wrong; mend it"
