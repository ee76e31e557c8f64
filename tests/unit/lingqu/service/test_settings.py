from __future__ import annotations

from pathlib import Path

import pytest
from pydantic_settings import SettingsConfigDict

from lingqu.agreements.model import REGION_PATTERN
from lingqu.errors import ConfigurationError
from lingqu.service.settings import HubSettings, ServiceSettings


class TrialSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="LINGQU_TRIAL_")

    depth_m: int = 3


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINGQU_REGION", "43")


def test_hub_wide_names_and_own_names_come_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINGQU_TRIAL_DEPTH_M", "7")
    monkeypatch.setenv("LINGQU_KAFKA__BOOTSTRAP_SERVERS", "broker:9092")
    settings = TrialSettings.load()

    assert (settings.region, settings.depth_m) == ("43", 7)
    assert settings.kafka.bootstrap_servers == "broker:9092"


def test_a_hub_wide_name_under_the_service_s_prefix_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINGQU_TRIAL_REGION", "4306")
    assert TrialSettings.load().region == "4306"


def test_a_name_of_another_service_means_nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINGQU_OTHER_DEPTH_M", "9")
    monkeypatch.setenv("LINGQU_DEPTH_M", "9")
    assert TrialSettings.load().depth_m == 3


def test_the_hub_speaks_for_its_region_and_the_bodies_registered_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINGQU_ALSO_REGIONS", "X-RIVER,X-LAKE")
    assert HubSettings.load().own_regions == ("43", "X-RIVER", "X-LAKE")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LINGQU_TRIAL_DEPHT_M", "7", "did you mean LINGQU_TRIAL_DEPTH_M?"),
        ("LINGQU_TRIAL_COLOUR", "red", "unknown setting LINGQU_TRIAL_COLOUR"),
        ("LINGQU_REGIONS", "43", "did you mean LINGQU_REGION?"),
        ("LINGQU_KAFKA__BOOTSTRAP", "x:1", "LINGQU_KAFKA__BOOTSTRAP is wrong"),
        ("LINGQU_TRIAL_DEPTH_M", "deep", "LINGQU_TRIAL_DEPTH_M is wrong"),
        ("LINGQU_REGION", "Hunan", "LINGQU_REGION is wrong"),
        ("LINGQU_ENVIRONMENT", "production", "LINGQU_ENVIRONMENT is wrong"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match="LINGQU") as refused:
        TrialSettings.load()
    assert said in str(refused.value)


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINGQU_REGION")
    with pytest.raises(ConfigurationError, match="LINGQU_REGION is not set"):
        TrialSettings.load()


def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINGQU_KAFKA__SASL_MECHANISM", "hunter2")
    with pytest.raises(ConfigurationError) as refused:
        TrialSettings.load()
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "name", ["LINGQU_TRIAL_PORT", "LINGQU_TRIAL_URL", "LINGQU_PORT_OFFSET", "LINGQU_GATEWAY_URL"]
)
def test_names_that_others_read_are_left_to_them(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "200")
    assert TrialSettings.load().region == "43"


def test_the_database_is_a_file_under_home_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINGQU_HOME", "/srv/hub")
    assert TrialSettings.load().database == "sqlite:////srv/hub/db/trial.sqlite"

    monkeypatch.setenv("LINGQU_TRIAL_DATABASE_URL", "postgresql://u:pw@db/trial")
    assert TrialSettings.load().database == "postgresql://u:pw@db/trial"
    assert "pw" not in repr(TrialSettings.load())


def test_home_is_absolute_so_that_a_change_of_folder_changes_nothing() -> None:
    assert HubSettings.load().home == Path.cwd() / ".lingqu"


def test_a_hub_and_its_agreements_mean_the_same_by_a_region() -> None:
    rules = HubSettings.model_json_schema()["properties"]["region"]

    assert rules["pattern"] == REGION_PATTERN
