from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from lingqu_medical.endpoints.statements_in import SettlementIn
from lingqu_medical.endpoints.values import Division, Period, Region

WRONG = [
    *((Period, text, "write one as 2026-10") for text in ("2026-13", "2026", "202612")),
    *(
        (Period, text, "write one as 2026-10")
        for text in ("２０２６-12", "2０２６-12", "2026-12\n")
    ),
    *((Region, text, "its two digits, such as 44") for text in ("4", "04", "4401", "4３")),
    *((Division, text, "such as 440100") for text in ("4401", "44010a", "0401000")),
]


@pytest.mark.parametrize(("kind", "text", "cure"), WRONG)
def test_what_is_written_otherwise_is_refused_with_its_cure(
    kind: Any, text: str, cure: str
) -> None:
    with pytest.raises(ValidationError, match=cure):
        TypeAdapter(kind).validate_python(text)


def test_what_is_written_well_is_taken_and_its_form_is_told() -> None:
    assert TypeAdapter(Period).validate_python("2026-12") == "2026-12"
    assert TypeAdapter(Region).validate_python("43") == "43"
    assert TypeAdapter(Division).json_schema()["pattern"] == "^[1-9][0-9]{5}$"


def test_a_patient_may_be_old_and_a_year_without_sense_is_refused() -> None:
    (example,) = SettlementIn.model_json_schema()["examples"]
    assert SettlementIn.model_validate(example | {"brdy": "1931-02-03"}).document()["brdy"] < 0
    for wrong in ({"brdy": "0031-02-03"}, {"setl_time": "9999-12-31T23:59:59Z"}):
        with pytest.raises(ValidationError, match=r"should be (greater|less)"):
            SettlementIn.model_validate(example | wrong)
