"""What the hub refuses in its own people's statements, beyond the contracts' rules: codes by table.

Events of other regions are not judged so: their tables may be newer than ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from lingqu.domain_service.identities.uscc import uscc_problem
from lingqu.errors import Reason
from lingqu.instants import day_at
from lingqu_customs.codes.aeo import Schemes, load_schemes
from lingqu_customs.codes.districts import Districts, load_districts
from lingqu_customs.codes.supervision import SupervisionModes, load_supervision_modes
from lingqu_customs.codes.tables import CodeTables, load_code_tables
from lingqu_customs.nouns import AMENDMENTS, DECLARATIONS, INSPECTIONS, LEVELS, TRANSITS
from lingqu_customs.numbers import is_ciq_code, is_customs_code, is_hs_code

Document = Mapping[str, Any]

Judge = Callable[[str], str | None]

_OFFICES = ("office", "declare_office", "entry_exit_office", "from_office", "to_office")
_USCCS = ("declarant_uscc", "owner_uscc", "applicant_uscc", "producer_uscc")
_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        DECLARATIONS.name: (
            "declare_office",
            "entry_exit_office",
            "declarant_uscc",
            "owner_uscc",
            "transport_mode",
            "levy_nature",
            "trade_terms",
            "packing",
            "declaration_type",
            "document_type",
        ),
        AMENDMENTS.name: ("office", "applicant_uscc"),
        TRANSITS.name: ("office", "from_office", "to_office", "transport_mode", "trans_flag"),
        INSPECTIONS.name: ("office", "producer_uscc", "unit"),
        LEVELS.name: ("office",),
    }
)
_OFFICE_ZH = "不是有效的关区代码;有隶属海关的,须填隶属海关代码"
_USCC_ZH = "不是有效的统一社会信用代码或海关注册编码,请与证书核对"
_CODE_ZH = "不在代码表内,请按代码表填写"
_MODE_ZH = "监管方式代码在申报日不可用,请核对"
_HS_ZH = "商品编号须为 10 位数字"
_DAY_MS, _CHINA_MS = 86_400_000, 8 * 3_600_000
_REMEMBERED = 65_536
_USCC_LENGTH = 18


class Wrong(NamedTuple):
    """A field that cannot be so, and why, in both languages."""

    field: str
    sentence: str
    sentence_zh: str

    def reason(self) -> Reason:
        return Reason("rejected", f"{self.field}: {self.sentence}", field=self.field)


@dataclass(frozen=True)
class Checks:
    """Judges a statement of any noun, its instants in milliseconds, its days as ints."""

    districts: Districts
    modes: SupervisionModes
    codes: CodeTables
    schemes: Schemes

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """Return the checks by the tables of the folder, else by those that ship."""
        return cls(
            load_districts(folder),
            load_supervision_modes(folder),
            load_code_tables(folder),
            load_schemes(folder),
        )

    def problems(self, noun: str, statement: Document) -> Iterator[Wrong]:
        """Yield what is wrong with a statement, by field."""
        for field, judge, sentence_zh in self._judges[noun]:
            code = statement.get(field)
            if code is not None and (problem := judge(code)) is not None:
                yield Wrong(field, problem, sentence_zh)
        if noun == DECLARATIONS.name:
            yield from self._declared(statement)
        if noun == LEVELS.name:
            yield from self._level(statement)

    def first(self, noun: str, statement: Document) -> Reason | None:
        """Return the first thing that is wrong with a statement."""
        return next((wrong.reason() for wrong in self.problems(noun, statement)), None)

    @cached_property
    def _judges(self) -> Mapping[str, Sequence[tuple[str, Judge, str]]]:
        """Return what judges each field of a noun; the same few codes are judged all the time."""
        office: Judge = lru_cache(_REMEMBERED)(self.districts.problem)
        by_field = dict.fromkeys(_OFFICES, (office, _OFFICE_ZH))
        by_field |= dict.fromkeys(_USCCS, (_uscc_problem, _USCC_ZH))

        def judge(field: str) -> tuple[str, Judge, str]:
            of_table: Judge = lru_cache(_REMEMBERED)(partial(self.codes.problem, field))
            return field, *by_field.get(field, (of_table, _CODE_ZH))

        return {noun: [judge(field) for field in fields] for noun, fields in _FIELDS.items()}

    def _declared(self, statement: Document) -> Iterator[Wrong]:
        customs_no, office = statement.get("customs_no"), statement["declare_office"]
        if customs_no is not None and not customs_no.startswith(office):
            yield Wrong(
                "customs_no",
                f"it begins with district {customs_no[:4]}, but declare_office is {office}; "
                "correct one of them",
                "海关编号的前 4 位须与申报地海关一致,请核对",
            )
        mode, declared_at = statement.get("supervision_mode"), statement.get("declared_at")
        if mode is not None and declared_at is not None:
            problem = self._mode_problem(mode, (declared_at + _CHINA_MS) // _DAY_MS)
            if problem is not None:
                yield Wrong("supervision_mode", problem, _MODE_ZH)
        for item in statement.get("goods") or ():
            yield from _goods(item)

    @cached_property
    def _mode_problem(self) -> Callable[[str, int], str | None]:
        @lru_cache(_REMEMBERED)
        def problem(mode: str, day: int) -> str | None:
            return self.modes.problem(mode, day_at(day))

        return problem

    def _level(self, statement: Document) -> Iterator[Wrong]:
        code = statement["enterprise_code"]
        if len(code) == _USCC_LENGTH:
            problem = _uscc_problem(code)
        else:
            problem = None if is_customs_code(code) else "it is no 10-character customs code"
        if problem:
            yield Wrong("enterprise_code", problem, _USCC_ZH)
        day = day_at(statement["valid_from"])
        problem = self.schemes.problem(statement["scheme"], statement["level"], day)
        if problem:
            yield Wrong("level", problem, "信用等级不属于当日施行的管理办法,请核对")


@lru_cache(_REMEMBERED)
def _uscc_problem(code: str) -> str | None:
    """Return why it is none; the same few enterprises declare most."""
    return uscc_problem(code)


def _goods(item: Document) -> Iterator[Wrong]:
    if not is_hs_code(item["hs_code"]):
        yield Wrong("goods", f"item {item['item_no']}: a 商品编号 has 10 digits", _HS_ZH)
        return
    ciq = item.get("ciq_code")
    if ciq is not None and not is_ciq_code(ciq, item["hs_code"]):
        sentence = f"item {item['item_no']}: a 检验检疫编码 is the 商品编号 and 3 digits more"
        yield Wrong("goods", sentence, "检验检疫编码须为商品编号加 3 位数字")
