"""A region file, carried out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body

from lingqu.agreements.region_file import parse_region_file
from lingqu_control.apply import Applied, apply_region_file
from lingqu_control.desk import Desk

RegionDocument = Annotated[dict[str, Any], Body(description="a region file, parsed")]


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/v1/apply", tags=["apply"])

    @routes.post("", summary="Carry a region file out: all of it or nothing")
    def apply(document: RegionDocument) -> Applied:
        file = parse_region_file(document)
        with desk.writing() as records:
            return apply_region_file(records, desk.hub, file)

    return routes
