"""The two things that are declared: function zones and water resources."""

from __future__ import annotations

from lingqu.domain_service.statements.noun import Noun
from lingqu_water.declared.tables import FUNCTION_ZONE, RESOURCE

ZONE = Noun(
    "zone",
    "water.function_zone.v1",
    FUNCTION_ZONE,
    ("zone_code",),
    emptied={"result": "not_assessed", "assessed_period": None, "assessed_class": None},
    instants=("assessed_at",),
)
RESOURCES = Noun(
    "resource",
    "water.resource.v1",
    RESOURCE,
    ("station_code", "observed_at", "period"),
    emptied={"measures": [], "validity": "invalid"},
    reason="validity_reason",
    instants=("observed_at", "from_at"),
)
