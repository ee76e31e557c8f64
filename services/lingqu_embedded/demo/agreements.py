"""The agreements of a demo: region files, applied as an operator would."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lingqu.agreements.region_file import read_document
from lingqu.client import HubClient, RefusedError
from lingqu.contracts.loader import packaged_folder
from lingqu.errors import ConfigurationError

PROVIDER = "43"
PARTNER = "44"
_CHECKOUT = Path(__file__).parents[3] / "deploy" / "regions"


def regions_dir() -> Path:
    """Return the folder of region files: the checkout's, else the copy that a wheel carries."""
    found = _CHECKOUT if _CHECKOUT.is_dir() else packaged_folder("lingqu_regions")
    if found is None:
        raise ConfigurationError("no region files are installed beside this program")
    return found


def apply_region(client: HubClient, region: str, variables: Mapping[str, str]) -> dict[str, Any]:
    """Apply a region's file; an agreement whose terms changed since becomes its next version."""
    document = read_document(regions_dir() / f"{region}.yaml", variables)
    while True:
        try:
            client.control.post("/v1/apply", document)
        except RefusedError as refused:
            amended = _amended(client, document) if refused.status == 409 else None
            if amended is None:
                raise
            document = amended
        else:
            return document


def _amended(client: HubClient, document: dict[str, Any]) -> dict[str, Any] | None:
    """Return the document with versions above those in force, or None where they already are."""
    newer = copy.deepcopy(document)
    known = {one["id"]: one["version"] for one in client.control.get("/v1/agreements")["items"]}
    for agreement in newer["agreements"]:
        agreement["version"] = known.get(agreement["id"], 0) + 1
    return None if newer == document else newer
