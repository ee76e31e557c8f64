"""Every contract under random terms: the derived schema is valid, stable, and read everywhere."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import fastavro
import pytest
from tests.support.view_terms import random_terms

from lingqu.agreements.model import ViewTerms
from lingqu.agreements.view import ENVELOPE, View, compile_view
from lingqu.contracts.avro.parser import parse
from lingqu.contracts.avro.problem_words import reading_problems
from lingqu.contracts.model import Catalogue, Contract
from lingqu.wire.codec import AvroCodec

_EACH = 3


@pytest.fixture
def contract(folder: Path, catalogue: Catalogue) -> Contract:
    return catalogue.contract(f"{folder.parent.name}.{folder.name}")


def drawn(contract: Contract) -> list[dict[str, Any]]:
    dice = random.Random(contract.name)
    tree = json.loads(contract.latest().schema)
    return [random_terms(tree, contract.key, ENVELOPE, dice) for _ in range(_EACH)]


def compiled(contract: Contract, terms: dict[str, Any]) -> View:
    return compile_view(contract, contract.latest(), ViewTerms.model_validate(terms))


def test_a_derived_schema_is_one_to_every_reader_and_always_the_same(contract: Contract) -> None:
    for terms in drawn(contract):
        view = compiled(contract, terms)
        assert parse(json.loads(view.schema))
        assert fastavro.parse_schema(json.loads(view.schema))
        assert AvroCodec(view.schema).columnar
        listed = terms["fields"]
        shuffled = {
            "clearance": {**terms["clearance"], "kinds": terms["clearance"]["kinds"][::-1]},
            "fields": listed if listed == "all" else listed[::-1],
            "masks": dict(reversed(terms["masks"].items())),
        }
        again = compiled(contract, shuffled)
        assert (again.schema, again.digest) == (view.schema, view.digest)


def test_the_next_hub_reads_what_it_gets_as_the_contracts_version(contract: Contract) -> None:
    """What is left out has a default; only a mask that makes a text of a field gets in the way."""
    whole = contract.latest()
    for terms in drawn(contract):
        view = compiled(contract, terms)
        texts = [
            mask.path
            for mask in view.masks
            if mask.names == ("pseudonym",)
            and "string" not in str(whole.field(mask.path).type_name)
        ]
        for problem in reading_problems(whole.schema, view.schema):
            place = problem.partition(" ")[0]
            assert any(f"{path}.".startswith(f"{place}.") for path in texts), problem
