"""Settings from the environment: LINGQU_ for the hub's, LINGQU_<SERVICE>_ for a service's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from lingqu.errors import ConfigurationError
from lingqu.kafka.settings import KafkaSettings
from lingqu.service.setting_names import HUB_PREFIX, NESTED, check_names, variable_of

Region = Annotated[str, StringConstraints(pattern=r"^([1-9]\d(\d{2}(\d{2})?)?|X-[A-Z0-9-]{1,20})$")]
AbsolutePath = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]


_FROM_THE_ENVIRONMENT: dict[str, Any] = {}


class HubSettings(BaseSettings):
    """What every service of a hub knows about it; a service adds its own in a subclass.

    A subclass sets `env_prefix="LINGQU_<SERVICE>_"`; a hub-wide field may be given under that
    prefix too, and then wins for that service.
    """

    model_config = SettingsConfigDict(
        env_prefix=HUB_PREFIX, env_nested_delimiter=NESTED, frozen=True, extra="forbid"
    )

    region: Region = Field(description="GB/T 2260 code of this hub, or X-… for a body without one")
    region_name: str = Field(default="", description="what people call the region")
    also_regions: Annotated[tuple[Region, ...], NoDecode] = Field(
        default=(),
        description="X-… bodies registered with this hub, by comma; it speaks for them too",
    )
    environment: Literal["prod", "test", "drill"] = Field(
        default="prod", description="events of another environment are refused"
    )
    profile: Literal["demo", "production"] = Field(
        default="production", description="demo signs for both parties with local keys"
    )
    home: AbsolutePath = Field(
        default=Path(".lingqu"), description="all that an embedded hub keeps"
    )
    schemas_dir: AbsolutePath | None = Field(
        default=None, description="contracts; else those packaged"
    )
    kafka: KafkaSettings = Field(default_factory=lambda: KafkaSettings.model_validate({}))
    registry_url: str = Field(default="http://127.0.0.1:8081", description="schema registry")
    gateway_url: str = Field(default="http://127.0.0.1:8080", description="HTTP in and out")
    control_url: str = Field(
        default="http://127.0.0.1:8082", description="partners, agreements, feeds"
    )
    hub_key: SecretStr | None = Field(
        default=None, description="32 bytes in base64url; else the file keys/hub.key under home"
    )

    @field_validator("also_regions", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part for part in value.split(",") if part] if isinstance(value, str) else value

    @property
    def own_regions(self) -> tuple[str, ...]:
        """Return the regions this hub speaks for; a code stands for all codes it prefixes."""
        return (self.region, *self.also_regions)

    @property
    def keys_dir(self) -> Path:
        return self.home / "keys"

    @classmethod
    def load(cls) -> Self:
        """Return the environment's settings, or raise ConfigurationError naming the variable."""
        prefix = str(cls.model_config["env_prefix"])
        check_names(os.environ, prefix, set(cls.model_fields), set(HubSettings.model_fields))
        try:
            return cls(**_FROM_THE_ENVIRONMENT)
        except ValidationError as error:
            raise _configuration_error(cls, error) from error

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        hub = EnvSettingsSource(HubSettings, env_prefix=HUB_PREFIX, env_nested_delimiter=NESTED)
        return init_settings, env_settings, hub


class ServiceSettings(HubSettings):
    """The settings of a service that keeps a database."""

    database_url: SecretStr | None = Field(
        default=None,
        description="postgresql://… or sqlite:///…; else db/<service>.sqlite under home",
    )

    @property
    def service(self) -> str:
        """Return the service's name, as its prefix says it."""
        prefix = str(self.model_config["env_prefix"])
        return prefix.removeprefix(HUB_PREFIX).strip("_").lower().replace("_", "-")

    @property
    def database(self) -> str:
        """Return the URL of the service's own database."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home / 'db' / self.service}.sqlite"


def _configuration_error(cls: type[HubSettings], error: ValidationError) -> ConfigurationError:
    """Name the variable and the rule; the value stays out, since it may be a secret."""
    first = error.errors()[0]
    path = [str(part) for part in first["loc"]]
    own = path[0] not in HubSettings.model_fields
    variable = variable_of(str(cls.model_config["env_prefix"]) if own else HUB_PREFIX, path)
    if first["type"] == "missing":
        return ConfigurationError(f"{variable} is not set, and it has no default")
    return ConfigurationError(f"{variable} is wrong: {first['msg']}")
