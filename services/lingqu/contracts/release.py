"""What publishing writes into `contract.yaml`, leaving every other line as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lingqu.contracts.contract_file import ContractFile
from lingqu.contracts.lines import line_end
from lingqu.contracts.model import Release
from lingqu.contracts.yaml_file import parse_yaml
from lingqu.errors import ContractError

_STATUS = re.compile(r"^status:[ \t]*\S+", re.MULTILINE)
_RELEASES = re.compile(r"^releases:[ \t]*(\{\})?[ \t]*(?:#[^\r\n]*)?(?:\r?\n)?", re.MULTILINE)


def released_text(text: str, place: str, new: Mapping[str, Release]) -> str:
    """Return the file's text with these versions under `releases` and the status released.

    Raises ContractError where the file is laid out so that they cannot be added to it.
    """
    before = parse_yaml(text, ContractFile, place)
    end = line_end(text)
    lines = "".join(
        f'  "{number}": {{released_on: {release.released_on}, digest: {release.digest}}}{end}'
        for number, release in new.items()
    )
    if found := _RELEASES.search(text):
        made = f"{text[: found.start()]}releases:{end}{lines}{text[found.end() :]}"
    else:
        made = (
            f"{text.rstrip()}{end}{end}# Written by lingqu contract publish.{end}"
            f"releases:{end}{lines}"
        )
    made, marked = _STATUS.subn("status: released", made, count=1)
    made = made if marked else f"status: released{end}{made}"
    after = parse_yaml(made, ContractFile, place)
    wanted = {*before.releases, *new}
    if after.status != "released" or set(after.releases) != wanted:
        raise ContractError(
            f"{place}: cannot be marked as released; write `status: draft` and `releases:` each on"
            " a line of its own"
        )
    return made
