"""The settings that deploy/README.md lists are those that the services read, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from lingqu.kafka.settings import KafkaSettings
from lingqu.service.run import ProcessSettings
from lingqu.service.settings import HubSettings, ServiceSettings
from lingqu_control.settings import ControlSettings
from lingqu_credit.settings import CreditSettings
from lingqu_customs.settings import CustomsSettings
from lingqu_gateway.settings import GatewaySettings
from lingqu_medical.settings import MedicalSettings
from lingqu_registry.settings import RegistrySettings
from lingqu_water.settings import WaterSettings
from lingqu_worker.settings import WorkerSettings

PAGE = Path(__file__).parents[2] / "deploy" / "README.md"
SERVICES: list[type[HubSettings]] = [
    RegistrySettings, GatewaySettings, ControlSettings, WorkerSettings, WaterSettings,
    CreditSettings, CustomsSettings, MedicalSettings,
]  # fmt: skip
KAFKA = "LINGQU_KAFKA__"


def rows(model: type[BaseModel], prefix: str, known: set[str] = frozenset()) -> Iterator[str]:  # type: ignore[assignment]
    for name, field in model.model_fields.items():
        if name not in known and field.annotation is not KafkaSettings:
            yield f"| `{prefix}{name.upper()}` | {default(field)} | {field.description} |"


def default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined:
        return "none: must be set"
    return f"`{value}`" if value not in (None, "", ()) else "–"


def prefix_of(model: type[BaseSettings]) -> str:
    return str(model.model_config["env_prefix"])


def tables() -> dict[str, list[str]]:
    """Return the rows of each table by its heading."""
    hub = set(HubSettings.model_fields)
    own = {
        prefix_of(one).removeprefix("LINGQU_").strip("_").lower(): [
            *rows(one, prefix_of(one), hub),
        ]
        for one in SERVICES
    }
    return {
        "hub": [*rows(HubSettings, "LINGQU_"), *rows(KafkaSettings, KAFKA)],
        "process": [*rows(ProcessSettings, "LINGQU_")],
        **own,
    }


def written(heading: str) -> list[str]:
    found = re.search(
        rf"^### {heading}\b.*?$(.*?)(?=^#|\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found, f"deploy/README.md has no section {heading!r}"
    return [line for line in found[1].splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("heading", list(tables()))
def test_the_page_lists_what_is_read(heading: str) -> None:
    assert written(heading) == tables()[heading], "\n".join(["write:", *tables()[heading]])


@pytest.mark.parametrize("model", [*SERVICES, ProcessSettings], ids=lambda one: one.__name__)
def test_every_setting_says_what_it_is_for(model: type[BaseModel]) -> None:
    fields = {**model.model_fields, **KafkaSettings.model_fields}
    undescribed = [name for name, field in fields.items() if not field.description]
    assert undescribed in ([], ["kafka"])


@pytest.mark.parametrize("model", SERVICES, ids=lambda one: one.__name__)
def test_the_pages_environment_starts_every_service(
    model: type[HubSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    [block] = re.findall(
        r"^```sh hub.env\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    for line in block.splitlines():
        name, _, value = line.partition("=")
        monkeypatch.setenv(name, value.strip('"'))

    settings = model.load()

    assert settings.profile == "production"
    assert settings.kafka.security_protocol == "SASL_SSL"
    if isinstance(settings, ServiceSettings):
        assert settings.database.startswith("postgresql://")
