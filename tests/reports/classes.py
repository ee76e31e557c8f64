"""Write deploy/reports/water-classes.md: `.venv/bin/python -m tests.reports.classes`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # for `tests.support`

from tests.support.published_classes import (
    CAUSES,
    HOURLY,
    OTHERS,
    SHARED,
    Compared,
    compare,
    explained,
    kinds,
    values,
)

from lingqu.clock import CHINA

REPORT = Path(__file__).parents[2] / "deploy" / "reports" / "water-classes.md"
_NAMES = {"ph": "pH", "do": "溶解氧", "codmn": "高锰酸盐指数", "nh3n": "氨氮", "tp": "总磷"}

_HEAD = """# Computed water classes beside published ones

Written by `.venv/bin/python -m tests.reports.classes` on {today}, from the files under
`../shared/data/water`, which are not part of the repository.
`tests/integration/test_water_published_classes.py` repeats the figures that are promised.

A row counts when it has a published class. Its class is computed from its own values: the unrounded
ones (原始值) where the file has them, else those displayed; GB 3838-2002, worst item, no rounding
before comparing, from whatever of pH, 溶解氧, 高锰酸盐指数, 氨氮 and 总磷 is there. Whether the
limits of rivers or of lakes apply is taken from `reference/sections.yaml` alone: one kind a
section, for all files and times. Rows without a real time are refused on import, but judged here.
"""

_KINDS = """## The table of kinds

1. The 15 lakes and reservoirs of 湖南, 江西 and 广东 were named in advance and committed before
   anything was judged.
2. With these alone the files of the whole country agree too little (last table): they hold lakes of
   other provinces. For those a rule was wanted that takes no class for a reason. Several were
   compared by their totals alone: stations that publish 藻密度, an item measured in lakes (2,828 of
   2,869 rows, 98.57 %); those that publish 叶绿素α (98.47 %); names that say the middle of a lake
   (97.46 %), or a reservoir as well (97.25 %).
3. **Then the disagreeing rows were looked at, twice.** The first time most were well-known lakes
   (太湖, 巢湖, 洪泽湖, 骆马湖 …) whose station published 叶绿素α but no 藻密度 that day. So the
   rule also takes stations that publish 叶绿素α, where the section's name says lake or reservoir,
   its basin is that of a lake, or it is known to lie in one (2,839 rows, 98.95 %). The second time
   a few were streams by their names, in basins of lakes: names that say bridge, canal or a stream's
   mouth are rivers. The rule was applied to all sections alike, also where it makes rows disagree
   (沙渚, 兰山嘴(老), 大伙房水库, 临淮乡).

So the figure of the other files is not that of a blind trial. That of the three provinces rests on
the 15 names given in advance, which others had found in such data. All entries made by the rule are
marked `verified: false` until somebody who has the list of national sections checks them.
"""

_CAUSES = """## Causes

Each disagreeing row has the first of these that fits. They say what would explain the row, not what
the publisher did.

- **显示值修约** (displayed value): the file shows rounded values, and values that would be shown
  alike have the published class; for instance 总磷 shown as 0.02, where the limit of class Ⅰ is.
- **缺项** (missing item): an expected item has no value, and the published class is worse.
- **时次错位** (another time): the published class is the one computed for the same section's
  reading just before or just after, as if it had been published with another's values.
- **水体类型** (kind of water): the limits of the other kind give the published class.
- **其他** (other): no published value explains it.
"""


def main() -> None:
    REPORT.write_text("\n".join(_report()) + "\n", "utf-8")
    sys.stdout.write(f"{REPORT}\n")


def _report() -> Iterator[str]:
    rows = {file: compare(file) for file in (*HOURLY, *OTHERS)}
    apart = {file: explained(found) for file, found in rows.items()}
    yield _HEAD.format(today=date.today().isoformat())  # noqa: DTZ011 - a heading
    yield from _agreement(rows)
    yield _KINDS
    yield _CAUSES
    yield from _cause_table(apart)
    for cause in CAUSES:
        yield from _listed(cause, [row for found in apart.values() for row in found])
    yield from _alternatives()


def _agreement(rows: Mapping[str, Sequence[Compared]]) -> Iterator[str]:
    yield "| file | rows with a class | agree | |"
    yield "|---|---|---|---|"
    for file, found in rows.items():
        yield _line(file, found)
    yield _line("**three 4-hourly files** (promised: ≥ 98.8 %)", _of(rows, HOURLY))
    yield _line("**the other files** (promised: ≥ 99 %)", _of(rows, OTHERS))
    yield ""


def _line(name: str, rows: Sequence[Compared]) -> str:
    agreeing = sum(row.agrees for row in rows)
    return f"| {name} | {len(rows):,} | {agreeing:,} | {100 * agreeing / len(rows):.2f} % |"


def _of(rows: Mapping[str, Sequence[Compared]], files: Iterable[str]) -> list[Compared]:
    return [row for file in files for row in rows[file]]


def _cause_table(apart: Mapping[str, Sequence[Compared]]) -> Iterator[str]:
    yield "| cause | three 4-hourly files | the other files |"
    yield "|---|---|---|"
    hourly = Counter(row.cause for row in _of(apart, HOURLY))
    others = Counter(row.cause for row in _of(apart, OTHERS))
    for cause in CAUSES:
        yield f"| {_title(cause)} | {hourly[cause]} | {others[cause]} |"
    yield f"| all | {hourly.total()} | {others.total()} |"
    yield ""


def _listed(cause: str, rows: Iterable[Compared]) -> Iterator[str]:
    found = [row for row in rows if row.cause == cause]
    if not found:
        return
    yield f"## {cause} ({len(found)})\n"
    yield "| file, row | section | time | published | computed | kind | values |"
    yield "|---|---|---|---|---|---|---|"
    for row in found:
        yield (
            f"| {Path(row.file).name} {row.row} | {row.reading.section_code} | {_time(row)}"
            f" | {row.published} | {row.computed} | {row.kind} | {_values(row)} |"
        )
    yield ""


def _time(row: Compared) -> str:
    if not row.timed:
        return "none"
    moment = datetime.fromtimestamp(row.reading.sampled_at_ms / 1000, CHINA)
    return f"{moment:%Y-%m-%d %H:%M}"


def _values(row: Compared) -> str:
    shown = [
        f"{_NAMES[key]} {'无' if value is None else f'{value:g}'}"
        for key, value in values(row).items()
    ]
    return "、".join(shown)


def _title(cause: str) -> str:
    return cause.partition(":")[0]


def _alternatives() -> Iterator[str]:
    yield "## What the table of kinds is worth\n"
    yield "| table | three 4-hourly files | the other files |"
    yield "|---|---|---|"
    named = kinds(doubtful=False)
    tables: dict[str, Mapping[str, str]] = {
        "no lakes at all": {},
        "the 15 named lakes": named,
        "as committed": kinds(),
    }
    for name, table in tables.items():
        hourly, others = (
            [row for file in files for row in compare(file, table)] for files in (HOURLY, OTHERS)
        )
        yield f"| {name} | {_share(hourly)} | {_share(others)} |"


def _share(rows: Sequence[Compared]) -> str:
    agreeing = sum(row.agrees for row in rows)
    return f"{agreeing:,} of {len(rows):,}, {100 * agreeing / len(rows):.2f} %"


if __name__ == "__main__":
    if not SHARED.exists():
        sys.exit(f"{SHARED} is not here; this report needs its files")
    main()
