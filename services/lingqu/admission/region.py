"""Which regions a caller may speak for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegionScope:
    """The origins admitted: GB/T 2260 codes with all that they prefix, and bodies by exact name."""

    codes: tuple[str, ...]

    @classmethod
    def of_hub(cls, region: str, also: tuple[str, ...] = ()) -> RegionScope:
        """Return what a hub speaks for: its own region and the bodies registered with it."""
        return cls((region, *also))

    def admits(self, origin: str | None) -> bool:
        return bool(origin) and any(_covers(code, str(origin)) for code in self.codes)

    def __str__(self) -> str:
        return ", ".join(self.codes)


def _covers(code: str, origin: str) -> bool:
    if code == origin:
        return True
    is_code = origin.isascii() and origin.isdigit() and len(origin) in {2, 4, 6}
    return is_code and code.isdigit() and origin.startswith(code)
