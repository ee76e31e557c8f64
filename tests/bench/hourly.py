"""A year of made-up 4-hourly readings as the published tables have them, dirt included."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.bench.table import Table

COLLECTED_ON = date(2021, 12, 31)
_HEADING = (
    "省份,流域,断面名称,监测时间,水质类别,水温(℃),pH(无量纲),溶解氧(mg/L),电导率(μS/cm),浊度(NTU),"
    "高锰酸盐指数(mg/L),氨氮(mg/L),总磷(mg/L),总氮(mg/L),叶绿素α(mg/L),藻密度(cells/L),站点情况"
)
_PROVINCE = "湖南省"
_BEGIN, _STEP, _TIMES = datetime(2021, 1, 1), timedelta(hours=4), 2_000  # noqa: DTZ001 - the table's own clock
# Per item: typical value, spread among sections, spread in time, decimals; as the published tables
# of three provinces have them.
_ITEMS = (
    (18.0, 0.20, 0.03, 1),
    (7.4, 0.05, 0.01, 2),
    (8.0, 0.20, 0.05, 2),
    (220.0, 1.00, 0.04, 1),
    (18.0, 0.95, 0.25, 1),
    (2.2, 0.50, 0.13, 2),
    (0.07, 1.00, 0.23, 3),
    (0.055, 0.65, 0.12, 3),
    (1.8, 0.50, 0.06, 2),
    (0.003, 1.00, 0.22, 3),
    (2_800_000.0, 1.50, 0.15, 0),
)
_REPEATED, _REVISED, _UNTIMED, _OUT_OF_SERVICE = 0.05, 0.01, 0.015, 0.07


def write(file: Path, rows: int, seed: int = 20_210_401) -> Table:
    """Write that many rows, section by section and each by time; the same seed, the same rows."""
    dice, table = random.Random(seed), Table()
    with file.open("w", encoding="utf-8", newline="") as lines:
        lines.write(f"{_HEADING}\n")
        for line in _lines(dice, table):
            lines.write(line)
            table.rows += 1
            if table.rows == rows:
                break
    return table


def _lines(dice: random.Random, table: Table) -> Iterator[str]:
    times = [f"{_BEGIN + place * _STEP:%m-%d %H:%M}" for place in range(_TIMES)]
    for number in itertools.count():
        station = _Station(number, dice)
        for at in times:
            yield from _statements(station, at, dice, table)


def _statements(station: _Station, at: str, dice: random.Random, table: Table) -> Iterator[str]:
    """Yield what is told of one time: usually once, sometimes again or otherwise."""
    drawn = dice.random()
    if drawn < _UNTIMED:
        table.wrong += 1
        yield station.line("*")
        return
    line = station.line(at)
    table.first += 1
    yield line
    if drawn > 1 - _REPEATED:
        table.repeats += 1
        yield line
    elif drawn > 1 - _REPEATED - _REVISED:
        table.revisions += 1
        yield line.replace(",正常", ",维护") if ",正常" in line else line.replace(",维护", ",正常")


class _Station:
    """One section: its own levels, and noise around them."""

    def __init__(self, number: int, dice: random.Random) -> None:
        self._dice = dice
        self._place = f"{_PROVINCE},示例流域,示例断面{number:04}"
        self._levels = [
            (typical * dice.lognormvariate(0, among), within, decimals)
            for typical, among, within, decimals in _ITEMS
        ]

    def line(self, at: str) -> str:
        gauss = self._dice.gauss
        values = [
            f"{max(level * (1 + gauss(0, within)), 0):.{decimals}f}"
            for level, within, decimals in self._levels
        ]
        out = self._dice.random() < _OUT_OF_SERVICE
        told = "*" if out else "Ⅱ"
        return f"{self._place},{at},{told},{','.join(values)},{'维护' if out else '正常'}\n"
