"""The credit service's settings."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from lingqu.domain_service.settings import DomainSettings
from lingqu.service.settings import AbsolutePath


class CreditSettings(DomainSettings):
    """What the credit service needs beside the hub's settings, from variables LINGQU_CREDIT_*."""

    model_config = SettingsConfigDict(
        env_prefix="LINGQU_CREDIT_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    reference_dir: AbsolutePath | None = Field(
        default=None,
        description="the operator's own periods, measures, classes and persons; else ours",
    )

    partner_keys_dir: AbsolutePath | None = Field(
        default=None,
        description="public keys of other regions, <region>.pem, to verify their stop-use by",
    )
