from __future__ import annotations

from pathlib import Path

import pytest

from lingqu.errors import InputError
from lingqu_cli.registry import import_registry
from lingqu_cli.registry_import import in_order
from lingqu_cli.registry_records import Contents, Settings, Version, read_records, write_records

SETTINGS = Settings(":.south:a-value", {"compatibility": "FULL", "normalize": True}, "READONLY")
FIRST = Version("a-value", 1, 7, '"string"')
SECOND = Version(
    "a-value",
    3,
    9,
    '"R"',
    references=({"name": "R", "subject": "r-value", "version": 2},),
    metadata={"properties": {"owner": "李"}},
    rule_set={"domainRules": []},
    deleted=True,
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "registry.jsonl"

    assert write_records(file, [SETTINGS, FIRST, SECOND]) == 3

    assert read_records(file) == Contents([SETTINGS], [FIRST, SECOND])
    assert file.read_text("utf-8").splitlines()[2] == (
        '{"kind":"version","subject":"a-value","version":1,"id":7,"schemaType":"AVRO",'
        '"schema":"\\"string\\""}'
    )


@pytest.mark.parametrize(
    ("keep", "says"),
    [
        (slice(None, -1), "not complete"),
        (slice(2, None), "no export of a registry"),
        (slice(None, 0), "not complete"),
    ],
)
def test_a_file_that_is_cut_is_refused(tmp_path: Path, keep: slice, says: str) -> None:
    file = tmp_path / "registry.jsonl"
    write_records(file, [FIRST, SECOND])
    file.write_text("\n".join(file.read_text("utf-8").splitlines()[keep]), "utf-8")

    with pytest.raises(InputError, match=says):
        read_records(file)


def test_a_line_that_is_wrong_is_named(tmp_path: Path) -> None:
    file = tmp_path / "registry.jsonl"
    write_records(file, [FIRST])
    file.write_text(file.read_text("utf-8").replace('"id":7,', ""), "utf-8")

    with pytest.raises(InputError, match=r"line 2: a version lacks 'id'"):
        read_records(file)


def test_another_context_takes_subjects_and_settings() -> None:
    moved = Contents([Settings("", {"compatibility": "NONE"}, None)], [FIRST]).within("south")

    assert [each.scope for each in moved.settings] == [":.south:"]
    assert [each.subject for each in moved.versions] == [":.south:a-value"]
    with pytest.raises(InputError, match="without --context"):
        moved.within("north")


def test_what_is_referred_to_comes_first_and_versions_keep_their_order() -> None:
    def using(subject: str, version: int, used: str, used_version: int) -> Version:
        reference = {"name": "R", "subject": used, "version": used_version}
        return Version(subject, version, 1, "", references=(reference,))

    versions = [
        using("a", 1, "z", 2),
        Version("a", 2, 2, ""),
        using(":.c:a", 1, "z", -1),
        Version(":.c:z", 1, 3, ""),
        Version("z", 1, 4, ""),
        Version("z", 2, 5, ""),
    ]

    order = [(each.subject, each.version) for each in in_order(versions)]

    for before, after in [(("z", 1), ("z", 2)), (("z", 2), ("a", 1)), (("a", 1), ("a", 2))]:
        assert order.index(before) < order.index(after)
    assert order.index((":.c:z", 1)) < order.index((":.c:a", 1))


def test_schemas_that_refer_to_each_other_are_named() -> None:
    def using(subject: str, used: str) -> Version:
        reference = {"name": "R", "subject": used, "version": 1}
        return Version(subject, 1, 1, "", references=(reference,))

    with pytest.raises(InputError, match=r"in a circle: (a|b) version 1 → (a|b) version 1"):
        in_order([using("a", "b"), using("b", "a")])


def test_an_address_without_its_scheme_is_told_from_a_file_that_is_not_there() -> None:
    with pytest.raises(InputError, match=r"localhost:8081: no such file; .* begins with http://"):
        import_registry("localhost:8081")
