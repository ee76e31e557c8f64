"""Data quality of what comes in: counted where events are admitted, told to control."""

from __future__ import annotations

from lingqu.quality.tally import Tally

__all__ = ["Tally"]
