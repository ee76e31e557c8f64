"""The shape of `contract.yaml` and `domain.yaml`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from lingqu.contracts.yaml_file import ClosedModel

DAY_MS = 86_400_000

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
VersionNumber = Annotated[str, StringConstraints(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
EntryName = Literal[
    "resource_code",
    "abstract",
    "provider_uscc",
    "share_type",
    "share_condition",
    "share_mode",
    "update_cycle",
    "data_range",
    "published_on",
]
Compatibility = Literal[
    "NONE",
    "BACKWARD",
    "BACKWARD_TRANSITIVE",
    "FORWARD",
    "FORWARD_TRANSITIVE",
    "FULL",
    "FULL_TRANSITIVE",
]


class RuleEntry(ClosedModel):
    """A semantic rule and what to say when an event breaks it."""

    name: RuleName
    expression: Text
    message: Text


class SlaEntry(ClosedModel):
    """What the provider promises."""

    latency_s: int | None = Field(
        default=None, ge=1, description="seconds from occurred_at to the topic"
    )
    completeness_percent: float | None = Field(default=None, ge=0, le=100)


def _day_as_text(value: object) -> object:
    """Return the day that YAML takes an unquoted 2026-03-01 for as it was written."""
    return value.isoformat() if isinstance(value, date) else value


class CatalogueFields(ClosedModel):
    """The catalogue entry (资源目录) of the contract."""

    resource_code: str = Field(default="", description="资源代码")
    abstract: str = Field(default="", description="摘要")
    provider_uscc: str = Field(
        default="", description="统一社会信用代码 of the providing department"
    )
    share_type: Literal["", "无条件", "有条件", "不予"] = ""
    share_condition: str = ""
    share_mode: Literal["", "接口", "库表", "文件", "消息"] = ""
    update_cycle: str = ""
    data_range: str = ""
    published_on: Annotated[str, BeforeValidator(_day_as_text)] = ""
    unverified: tuple[EntryName, ...] = Field(
        default=(), description="示例: fields that hold examples nobody has verified yet"
    )


class MajorEntry(ClosedModel):
    """What is said of one major version."""

    served_until: date = Field(description="last day on which the major is served, in China's time")


class ReleaseEntry(ClosedModel):
    """One published version: `digest` is that of its schema, which is never edited again."""

    released_on: date
    digest: Digest


class ContractFile(ClosedModel):
    """`contract.yaml`: all that a contract promises beside its fields."""

    title_zh: Text
    title_en: Text
    steward: Text
    legal_basis: Text
    key: list[Text] = Field(min_length=1)
    partitions: int = Field(default=6, ge=1, le=1000, description="fixed for the topic's life")
    retention_days: int = Field(default=90, ge=1, le=3650)
    compatibility: Compatibility = "FULL_TRANSITIVE"
    status: Literal["draft", "released"] = "draft"
    on_reject: Literal["dead_letter", "park_key"] = "dead_letter"
    sla: SlaEntry = Field(default_factory=SlaEntry)
    catalogue: CatalogueFields = Field(default_factory=CatalogueFields)
    rules: list[RuleEntry] = Field(default_factory=list)
    majors: dict[int, MajorEntry] = Field(default_factory=dict)
    releases: dict[VersionNumber, ReleaseEntry] = Field(default_factory=dict)

    @property
    def retention_ms(self) -> int:
        return self.retention_days * DAY_MS


class DomainFile(ClosedModel):
    """`domain.yaml`: who answers for a domain."""

    title_zh: Text
    title_en: Text
    steward: Text
    regions: list[Text] = Field(default_factory=list)
