"""A domain without a service of its own is exchanged all the same: the demo plays its examples."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.contract.conftest import SCHEMAS

from lingqu.agreements.region_file import parse_region_file, read_document
from lingqu.contracts.model import Catalogue

ROOT = SCHEMAS.parent
REGION_FILE = ROOT / "deploy" / "regions" / "43.yaml"
ANY_VALUE = "https://example.org/x"


def connectors_of() -> dict[str, set[str]]:
    """Return the kinds of partners that the demo's agreements reach, by contract."""
    names = re.findall(r"\$\{(\w+)\}", REGION_FILE.read_text("utf-8"))
    document = read_document(REGION_FILE, dict.fromkeys(names, ANY_VALUE))
    found = defaultdict(set)
    for agreement in parse_region_file(document).agreements:
        found[agreement.contract].add(agreement.delivery.connector)
    return found


def test_every_contract_without_a_service_is_under_an_agreement_of_the_demo(
    catalogue: Catalogue,
) -> None:
    served = {path.name for path in ROOT.glob("services/lingqu_*")}
    only_data = [each for each in catalogue if f"lingqu_{each.domain}" not in served]
    agreed = connectors_of()

    assert only_data
    assert [each.name for each in only_data if each.name not in agreed] == []
    for domain in {each.domain for each in only_data}:
        kinds = set[str]().union(
            *(agreed[each.name] for each in only_data if each.domain == domain)
        )
        assert len(kinds) >= 2, f"{domain} reaches one kind of partner only: {kinds}"
