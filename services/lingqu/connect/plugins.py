"""Connectors by name: the built-in ones register exactly as a third party's do."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import Any

from pydantic import ValidationError

from lingqu.connect.api import Options, SinkTask, TopicSource
from lingqu.connect.record_source import RecordSource
from lingqu.errors import ContractError, NotFoundError

GROUP = "lingqu.connectors"

Connector = type[SinkTask] | type[TopicSource] | type[RecordSource]


def names() -> list[str]:
    """Return the names of all installed connectors."""
    return sorted(point.name for point in entry_points(group=GROUP))


@cache
def connector(name: str) -> Connector:
    """Return the connector class of that name, or raise NotFoundError with the names there are."""
    for point in entry_points(group=GROUP, name=name):
        loaded: Connector = point.load()
        return loaded
    raise NotFoundError(f"no connector named {name!r}; installed are {', '.join(names())}")


def parse_options(name: str, options: dict[str, Any]) -> Options:
    """Return the connector's options, checked; raise ContractError with the field and the cure."""
    try:
        return connector(name).options_model.model_validate(options)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        named = f", option {place!r}" if place else ""
        known = ", ".join(connector(name).options_model.model_fields)
        raise ContractError(
            f"connector {name!r}{named}: {first['msg']} (options are {known})"
        ) from error
