"""What may still be said of an incident, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from lingqu.errors import ConflictError

State = Literal["reported", "concluded", "withdrawn"]
Command = Literal["续报", "处理结果报告", "更正", "撤回", "签收"]
ReportType = Literal["初报", "续报", "处理结果报告"]

STATES: tuple[State, ...] = ("reported", "concluded", "withdrawn")

# What the region that declared it may do; another region only acknowledges (签收).
OF_ITS_REGION: Mapping[State, tuple[Command, ...]] = MappingProxyType(
    {"reported": ("续报", "处理结果报告", "更正", "撤回"), "concluded": ("更正",), "withdrawn": ()}
)


class IllegalCommandError(ConflictError):
    """An incident is not in a state in which that can be said of it."""

    def __init__(
        self, incident_id: str, state: str, command: str, legal: Iterable[Command]
    ) -> None:
        allowed = "、".join(legal) or "nothing"
        super().__init__(
            f"incident {incident_id} is {state}, so {command} is not possible; possible is: "
            f"{allowed}"
        )


def state_after(report_type: str, change: str) -> State:
    """Return the state that an incident's last report leaves it in."""
    if change == "withdrawal":
        return "withdrawn"
    return "concluded" if report_type == "处理结果报告" else "reported"
