"""From the readings of a month to its assessment: a pure function of their set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lingqu_water.assessments.assessment import Assessment, ItemMean
from lingqu_water.assessments.rule import AssessmentRule
from lingqu_water.judgement.classify import Judge, Judged
from lingqu_water.judgement.labels import Labels
from lingqu_water.judgement.means import Mean, means_of
from lingqu_water.judgement.standard import standard_on
from lingqu_water.judgement.water_class import CLASS_THREE, meets, parse_class
from lingqu_water.period import Month
from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.model import Item
from lingqu_water.sections.model import Section


@dataclass(frozen=True, slots=True)
class Assessor:
    """Assesses months by one standard, one kind of evaluation and one rule of sufficiency."""

    judge: Judge
    labels: Labels
    rule: AssessmentRule

    def assess(
        self, section: Section, month: Month, readings: Iterable[StoredReading]
    ) -> Assessment:
        """Return what the final readings among these say of the month, in any order of them."""
        found = self._usable(readings)
        means = self._means(found, month)
        judged = self._judged(section, month, means)
        water_class = judged.water_class
        target = section.target_class
        standard = standard_on(self.judge.standards, month.last) if water_class else None
        return Assessment(
            section_code=section.code,
            month=str(month),
            section_name=section.name,
            reporting_region=section.reporting_region,
            basin=section.basin,
            river=section.river,
            water_body=section.kind,
            status="assessed" if water_class else "insufficient",
            reason=None if water_class else self._reason(found, month),
            final_readings=len(found.automatic),
            expected_readings=self.rule.expected(month.days),
            manual_readings=len(found.manual),
            excluded_readings=found.excluded,
            water_class=water_class,
            label=self.labels.label(water_class) if water_class else None,
            target_class=target,
            met=meets(water_class, target) if water_class and target else None,
            partial=judged.partial,
            items=tuple(_item(each, judged) for each in means),
            pollutants=judged.pollutants,
            standard=standard.name if standard else None,
            standard_valid_from=standard.valid_from.isoformat() if standard else None,
            evaluation=self.judge.evaluation.name,
        )

    def _usable(self, readings: Iterable[StoredReading]) -> _Usable:
        """Part the final readings by how they were made; those that may not be used are counted."""
        automatic: list[Sequence[Item]] = []
        manual: list[Sequence[Item]] = []
        excluded = 0
        for reading in readings:
            if reading.data_level != "final":
                continue
            if reading.withdrawn or reading.validity not in self.rule.validities:
                excluded += 1
            elif any(item.flag in {"measured", "below_detection"} for item in reading.items):
                (automatic if reading.method == "auto" else manual).append(reading.items)
        return _Usable(automatic, manual, excluded)

    def _means(self, found: _Usable, month: Month) -> list[_Choice]:
        """Return a mean an item, by code: of the preferred method where that has enough values."""
        items, evaluation = self.judge.items, self.judge.evaluation
        means = {
            "auto": means_of(found.automatic, items, evaluation),
            "manual": means_of(found.manual, items, evaluation),
        }
        needed = {"auto": self.rule.needed(month.days), "manual": self.rule.manual.min_readings}
        return [
            _choose(self._methods(code), code, means, needed)
            for code in sorted(means["auto"].keys() | means["manual"].keys())
        ]

    def _methods(self, code: str) -> tuple[str, str]:
        automatic = self.judge.items.by_code[code].key in self.rule.automatic_items
        return ("auto", "manual") if automatic else ("manual", "auto")

    def _judged(self, section: Section, month: Month, means: Iterable[_Choice]) -> Judged:
        counted = [
            Item(each.mean.code, each.mean.value, each.mean.unit, "measured")
            for each in means
            if each.counted
        ]
        target = parse_class(section.target_class) if section.target_class else CLASS_THREE
        return self.judge.classify(counted, section.kind, month.last, target)

    def _reason(self, found: _Usable, month: Month) -> str:
        rule, days = self.rule, month.days
        return (
            f"自动监测入库数据 {len(found.automatic)}/{rule.expected(days)},"
            f"每个项目须有 {rule.needed(days)};"
            f"手工监测 {len(found.manual)} 次,须有 {rule.manual.min_readings} 次"
        )


@dataclass(frozen=True, slots=True)
class _Usable:
    automatic: Sequence[Sequence[Item]]
    manual: Sequence[Sequence[Item]]
    excluded: int


@dataclass(frozen=True, slots=True)
class _Choice:
    method: str
    mean: Mean
    counted: bool


def _choose(
    methods: Sequence[str],
    code: str,
    means: Mapping[str, Mapping[str, Mean]],
    needed: Mapping[str, int],
) -> _Choice:
    there = [
        _Choice(m, means[m][code], means[m][code].count >= needed[m])
        for m in methods
        if code in means[m]
    ]
    return next((each for each in there if each.counted), there[0])


def _item(choice: _Choice, judged: Judged) -> ItemMean:
    mean = choice.mean
    found = judged.classes.get(mean.code) if choice.counted else None
    return ItemMean(
        mean.code, mean.unit, mean.value, mean.count, choice.method, choice.counted, found
    )
