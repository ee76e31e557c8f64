"""Region files: what is written is checked, and an error says where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.lingqu.agreements.samples import agreement_document

from lingqu.agreements.region_file import parse_region_file, read_document
from lingqu.errors import ContractError


def document(**more: Any) -> dict[str, Any]:
    return {"region": "43", "agreements": [agreement_document(**more)]}


def view(**more: Any) -> dict[str, Any]:
    return {"view": {"clearance": {"grade": 1, "kinds": []}, "fields": "all", **more}}


def test_a_region_may_be_written_as_yaml_reads_it() -> None:
    assert parse_region_file({"region": 43}).region == "43"


def test_one_mask_may_be_written_without_a_list() -> None:
    masks = {"a": "redact", "b": {"mask": "keep_first", "n": 1}}

    seen = parse_region_file(document(**view(masks=masks))).agreements[0].view.masks

    assert [step.mask for steps in seen.values() for step in steps] == ["redact", "keep_first"]


def test_what_is_signed_of_an_older_mask_stays_the_same_document() -> None:
    masks = {"a": "redact", "b": {"mask": "truncate_time", "to": "day"}}

    signed = parse_region_file(document(**view(masks=masks))).agreements[0].document()

    assert signed["view"]["masks"] == {
        "a": [{"mask": "redact", "n": 0}],
        "b": [{"mask": "truncate_time", "n": 0, "to": "day"}],
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"contract_version": 1.0}, r'agreements\[0\]\.contract_version: .* quotes, as "1\.0"'),
        (view(fields="some"), r"agreements\[0\]\.view\.fields: .*write `all`, or a list"),
        ({"view": {"clearance": {"grade": 1}, "fields": "all"}}, r"clearance\.kinds: is missing"),
        ({"view": {"fields": "all"}}, r"agreements\[0\]\.view\.clearance: is missing; add it"),
        (view(mask={}), r"view\.mask: unknown name 'mask'; did you mean 'masks'\?"),
        (view(masks={"x": {"mask": "keep_frist"}}), r"view\.masks\.x\[0\]\.mask: Input should be"),
        (view(masks={"x": {"mask": "keep_first"}}), r"agreements\[0\]\.view: masks\.x: .*needs n"),
        (view(masks={"x": {"mask": "redact", "n": 1}}), "redact takes no n"),
        (view(masks={"x": "truncate_time"}), "truncate_time needs to, one of minute, hour"),
        (view(masks={"x": {"mask": "redact", "to": "day"}}), "redact takes no to"),
        (view(masks={"x": {"mask": "truncate_time", "to": "week"}}), r"x\[0\]\.to: .*'minute'"),
        (view(masks={"x": {"mask": "truncate_time", "too": "day"}}), "did you mean 'to'"),
        (view(masks={"x": ["redact", "pseudonym"]}), "redact, pseudonym do not go together"),
        ({"valid_until": "2025-01-01"}, "valid_until lies before valid_from"),
        ({"valid_until": "soon"}, r"valid_until: .*write a day as 2026-01-31"),
        ({"feed": "Feed_1"}, r"\.feed: .*lower-case letters, digits and hyphens"),
        ({"purpose": ""}, r"agreements\[0\]\.purpose"),
    ],
)
def test_an_error_names_the_place_and_the_cure(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ContractError, match=said):
        parse_region_file(document(**wrong))


def test_important_data_needs_the_number_of_a_risk_assessment() -> None:
    important = {"view": {"clearance": {"grade": "important", "kinds": []}, "fields": "all"}}

    with pytest.raises(ContractError, match="needs risk_assessment"):
        parse_region_file(document(**important))
    assert parse_region_file(document(**important, risk_assessment="R-1")).agreements


def test_variables_are_filled_in_and_a_missing_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "43.yaml"
    path.write_text('region: "43"\nname: at ${PLACE}, ${PLACE}\nday: 2026-01-31\n', "utf-8")

    document = read_document(path, {"PLACE": "x"})

    assert document == {"region": "43", "name": "at x, x", "day": "2026-01-31"}
    with pytest.raises(ContractError, match=r"\$\{PLACE\} has no value; set the variable PLACE"):
        read_document(path, {})


def test_a_syntax_error_names_file_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "43.yaml"
    path.write_text('region: "43"\npartners: [\n', "utf-8")

    with pytest.raises(ContractError, match=r"43\.yaml: line 3, column 1"):
        read_document(path, {})


def test_a_file_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"43\.yaml: cannot be read: No such file"):
        read_document(tmp_path / "43.yaml", {})


def test_a_file_in_another_encoding_is_said_with_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "43.yaml"
    path.write_bytes("name: 湖南\n".encode("gb18030"))

    with pytest.raises(ContractError, match=r"not UTF-8 text .*save it as UTF-8"):
        read_document(path, {})


def test_the_term_ends_with_its_last_day_in_chinas_time() -> None:
    agreement = parse_region_file(document(valid_from="2026-01-01", valid_until="2026-01-01"))

    one = agreement.agreements[0]
    assert one.valid_from_ms == 1_767_196_800_000  # 2025-12-31T16:00Z
    assert one.valid_until_ms - one.valid_from_ms == 86_400_000
