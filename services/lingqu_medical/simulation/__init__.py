"""Generated filings, settlements and what clears them: repeats, late and unbalanced ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lingqu.simulation import Scene

__all__ = ["SIMULATION", "MedicalSimulation"]


class MedicalSimulation:
    """What a province tells: its people's filings, and what others' people were treated for.

    Settlements and reversals of one scene belong together, though each topic is played by itself.
    """

    contracts = (
        "medical.filing",
        "medical.settlement",
        "medical.reversal",
        "medical.reconciliation",
        "medical.clearing",
        "medical.remittance",
    )

    def span(self, contract: str, region: str, count: int) -> timedelta:
        """Return how long it takes until so many things were told."""
        from lingqu_medical.simulation.profile import load_profile  # noqa: PLC0415 - only to play

        del region
        return load_profile().every(contract) * count

    def events(self, contract: str, scene: Scene) -> Iterator[dict[str, object]]:
        """Yield the events of the scene's province; nothing of one that the profile lacks."""
        from lingqu_medical.simulation.clearing import clearing  # noqa: PLC0415 - only to play
        from lingqu_medical.simulation.filings import filings  # noqa: PLC0415 - only to play
        from lingqu_medical.simulation.profile import load_profile  # noqa: PLC0415
        from lingqu_medical.simulation.reconciliations import reconciliations  # noqa: PLC0415
        from lingqu_medical.simulation.remittances import remittances  # noqa: PLC0415
        from lingqu_medical.simulation.reversals import reversals  # noqa: PLC0415
        from lingqu_medical.simulation.settlements import settlements  # noqa: PLC0415

        play = {
            "medical.filing": filings,
            "medical.settlement": settlements,
            "medical.reversal": reversals,
            "medical.reconciliation": reconciliations,
            "medical.clearing": clearing,
            "medical.remittance": remittances,
        }
        profile = load_profile()
        return play[contract](profile, scene) if scene.region in profile.regions else iter(())


SIMULATION = MedicalSimulation()
