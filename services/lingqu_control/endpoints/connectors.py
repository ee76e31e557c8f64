"""Feeds in the words of Kafka Connect's REST API (KIP-26, KIP-875), for tools that know those.

A connector is a feed, its plugin the connector that delivers or brings in; agreements make and end
them, so that nothing is created, configured or deleted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter
from sqlalchemy import select

from lingqu.connect.api import SinkTask
from lingqu.connect.plugins import connector, names
from lingqu.kafka.settings import KafkaSettings
from lingqu_control.answers import FeedAnswer
from lingqu_control.config_validation import Validation, validate_config
from lingqu_control.desk import Desk
from lingqu_control.endpoints.offsets import add_offsets
from lingqu_control.tables import FeedRow

Kind = Literal["sink", "source"]
State = Literal["RUNNING", "PAUSED", "STOPPED", "UNASSIGNED"]


@dataclass(frozen=True, slots=True)
class Connector:
    """A feed as a connector; its tasks are the workers', who show them as lanes."""

    name: str
    config: dict[str, str]
    tasks: list[dict[str, Any]]
    type: Kind


@dataclass(frozen=True, slots=True)
class ConnectorState:
    """What control wants of a feed: UNASSIGNED where its agreement lets nothing flow."""

    state: State
    worker_id: str


@dataclass(frozen=True, slots=True)
class Status:
    """A connector's state; what each lane does, the workers say at /v1/lanes."""

    name: str
    connector: ConnectorState
    tasks: list[dict[str, Any]]
    type: Kind


def router(desk: Desk, kafka: KafkaSettings) -> APIRouter:
    routes = APIRouter(tags=["connectors"])
    _add_looks(routes, desk)
    _add_flow(routes, desk)
    _add_plugins(routes)
    add_offsets(routes, desk, kafka)
    return routes


def _add_looks(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/connectors", summary="The names of all feeds")
    def list_connectors() -> list[str]:
        with desk.reading() as records:
            return list(records.session.scalars(select(FeedRow.id).order_by(FeedRow.id)))

    @routes.get("/connectors/{name}", summary="One feed as a connector")
    def show_connector(name: str) -> Connector:
        feed = desk.feed(name)
        return Connector(name, _config(feed), [], _kind(feed.connector))

    @routes.get("/connectors/{name}/config", summary="What its agreement says of the feed")
    def show_config(name: str) -> dict[str, str]:
        return _config(desk.feed(name))

    @routes.get("/connectors/{name}/status", summary="What the feed shall be doing")
    def show_status(name: str) -> Status:
        feed = desk.feed(name)
        return Status(name, ConnectorState(_state(feed), ""), [], _kind(feed.connector))


def _add_flow(routes: APIRouter, desk: Desk) -> None:
    @routes.put("/connectors/{name}/pause", status_code=202, summary="Hold its events back")
    def pause(name: str) -> None:
        desk.pause(name, paused=True)

    @routes.put("/connectors/{name}/resume", status_code=202, summary="Go on where it stopped")
    def resume(name: str) -> None:
        desk.pause(name, paused=False)

    @routes.put("/connectors/{name}/stop", status_code=204, summary="Stop, to alter its offsets")
    def stop(name: str) -> None:
        desk.stop(name)

    @routes.post("/connectors/{name}/restart", status_code=204, summary="Start its lanes anew")
    def restart(name: str) -> None:
        desk.restart(name)


def _add_plugins(routes: APIRouter) -> None:
    @routes.get("/connector-plugins", summary="The connectors that are installed")
    def list_plugins() -> list[dict[str, str]]:
        return [{"class": name, "type": _kind(name)} for name in names()]

    @routes.put(
        "/connector-plugins/{plugin}/config/validate", summary="Judge options; apply nothing"
    )
    def validate(plugin: str, config: dict[str, Any]) -> Validation:
        options = {name: value for name, value in config.items() if name != "connector.class"}
        return validate_config(plugin, options)


def _config(feed: FeedAnswer) -> dict[str, str]:
    """Return what is no secret of a feed; its options stand in the agreement."""
    return {
        "name": feed.id,
        "connector.class": feed.connector,
        "topics": feed.topic,
        "agreement": feed.agreement,
        "partner": feed.partner,
        "guarantee": feed.guarantee,
        **{f"limits.{name}": str(most) for name, most in (feed.limits or {}).items()},
    }


def _kind(plugin: str) -> Kind:
    return "sink" if issubclass(connector(plugin), SinkTask) else "source"


def _state(feed: FeedAnswer) -> State:
    if feed.stopped:
        return "STOPPED"
    if feed.paused:
        return "PAUSED"
    return "RUNNING" if feed.flows else "UNASSIGNED"
