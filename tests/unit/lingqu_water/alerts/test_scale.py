from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lingqu.errors import ContractError, NotFoundError
from lingqu_water.alerts.scale import load_scales
from lingqu_water.judgement.items import shipped_items
from lingqu_water.readings.judge import day_of

SHIPPED = Path(__file__).parents[4] / "services/lingqu_water/reference/alert-scale.yaml"


def test_the_shipped_scale_says_that_nobody_verified_it() -> None:
    (scale,) = load_scales(shipped_items()).entries
    assert not scale.verified
    assert [level.name for level in scale.levels] == ["关注", "预警", "超标"]


def changed(folder: Path, old: str, new: str) -> Path:
    """Write an operator's scale that differs from ours in one place."""
    text = SHIPPED.read_text("utf-8")
    assert old in text
    (folder / "alert-scale.yaml").write_text(text.replace(old, new, 1), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("name: 关注", "name: 超标", "give the levels 关注、预警、超标"),
        ("hours: 48", "hours: 480", "reaches no further back than silence_hours"),
        ("name: half_over", "name: jump", "two rules have one name"),
        ("clear_after: 2", "clear_after: 0", "clear_after"),
        ("verified: false", "checked: false", "unknown setting"),
    ],
)
def test_a_scale_that_does_not_fit_together_is_refused(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    with pytest.raises(ContractError, match=says):
        load_scales(shipped_items(), changed(tmp_path, old, new))


def test_an_item_nobody_knows_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'codmn'"):
        load_scales(shipped_items(), changed(tmp_path, "codmn, nh3n", "codmm, nh3n"))


def test_readings_are_judged_by_the_scale_of_their_day(tmp_path: Path) -> None:
    file = yaml.safe_load(SHIPPED.read_text("utf-8"))
    (old,) = file["scales"]
    new = {**old, "valid_from": "2026-01-01", "clear_after": 5}
    file["scales"] = [{**old, "valid_until": "2025-12-31"}, new]
    (tmp_path / "alert-scale.yaml").write_text(yaml.safe_dump(file, allow_unicode=True), "utf-8")
    scales = load_scales(shipped_items(), tmp_path)
    days = (day_of(1_767_196_799_000), day_of(1_767_196_800_000))  # midnight in China
    found = [scales.on(day) for day in days]
    assert [scale.clear_after for scale in found if scale] == [2, 5]
