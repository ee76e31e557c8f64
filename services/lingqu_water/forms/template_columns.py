"""Our own template for entering readings by hand: its columns, examples and code lists."""

from __future__ import annotations

from collections.abc import Mapping

from lingqu.domain_service.imports.form import EXAMPLE
from lingqu.sheets.template import CodeList, Template, TemplateColumn
from lingqu_water.forms.words import (
    CLASSES,
    LEVELS,
    METHODS,
    VALIDITIES,
    WATER_BODIES,
    YES_NO,
)
from lingqu_water.judgement.items import ItemSpec, shipped_items
from lingqu_water.sections.table import load_regions

SHEET = "监测数据"

# The 24 items of GB 3838-2002 table 1 in its order, then what agreements and lakes need.
_ITEMS = (
    "water_temp", "ph", "do", "codmn", "cod", "bod5", "nh3n", "tp", "tn", "cu", "zn", "f", "se",
    "as", "hg", "cd", "cr6", "pb", "cn", "volatile_phenol", "petroleum", "las", "sulfide",
    "fecal_coliform", "conductivity", "turbidity", "mn", "tl", "sb", "chla", "algae",
    "transparency",
)  # fmt: skip

_MANUAL = {
    "省份": "湖南省", "流域": "长江流域", "所属河流": "湘江", "断面名称": f"{EXAMPLE}手工监测断面",
    "水体类型": "河流", "监测时间": "2024-03-01 09:30", "监测方式": "手工", "数据级别": "审核",
    "有效性": "有效", "审核单位": "某市生态环境监测中心", "审核时间": "2024-03-05 16:00",
    "水质类别": "Ⅱ",
    "water_temp": "14.2", "ph": "7.6", "do": "8.9", "codmn": "2.1", "cod": "9", "bod5": "1.6",
    "nh3n": "0.12", "tp": "0.05", "tn": "1.35", "cu": "0.001L", "zn": "0.05L", "f": "0.21",
    "se": "0.0004L", "as": "0.0016", "hg": "0.00004L", "cd": "0.0001L", "cr6": "0.004L",
    "pb": "0.001L", "cn": "0.004L", "volatile_phenol": "0.0003L", "petroleum": "0.01L",
    "las": "0.05L", "sulfide": "0.01L", "fecal_coliform": "1700",
}  # fmt: skip
_AUTO = {
    "省份": "湖南省", "流域": "长江流域", "所属河流": "酉水", "断面名称": f"{EXAMPLE}自动监测断面",
    "水体类型": "河流", "监测时间": "2024/3/1 8:00", "监测方式": "自动", "数据级别": "实时",
    "有效性": "存疑", "存疑或无效原因": "站点维护", "站点情况": "维护",
    "water_temp": "13.8", "ph": "7.5", "do": "--", "codmn": "*", "nh3n": "0.13",
}  # fmt: skip


def reading_template() -> Template:
    """Return the template with the items and regions that ship with the service."""
    items = [shipped_items().by_key[key] for key in _ITEMS]
    columns = (*_fact_columns(), *map(_item_column, items))
    return Template(
        SHEET,
        columns,
        tuple(_example(given, items) for given in (_MANUAL, _AUTO)),
        tuple(_code_lists(items)),
        _REMARKS,
    )


def _fact_columns() -> list[TemplateColumn]:
    provinces = tuple(entry.name for entry in load_regions().entries.values())
    return [
        TemplateColumn("省份", required=True, choices=provinces, help="名称或行政区划代码"),
        TemplateColumn("流域", help="例如 长江流域"),
        TemplateColumn("所属河流", help="例如 湘江"),
        TemplateColumn("断面名称", required=True, help="与断面表一致的名称"),
        TemplateColumn("断面编码", help="国家断面编码;没有则留空,以省份代码和断面名称代替"),
        TemplateColumn("水体类型", choices=tuple(WATER_BODIES), help="决定总磷限值,以断面表为准"),
        TemplateColumn(
            "监测时间", required=True,
            help="例如 2024-03-01 09:30 或 2024/3/1 9:30;手工监测可只填日期,按当日零时计",
        ),
        TemplateColumn("监测方式", required=True, choices=tuple(METHODS)),
        TemplateColumn("数据级别", required=True, choices=tuple(LEVELS), help="评价只用入库数据"),
        TemplateColumn("有效性", choices=tuple(VALIDITIES), help="留空时按站点情况判断"),
        TemplateColumn("存疑或无效原因", help="有效性为存疑或无效时必填"),
        TemplateColumn("审核单位", help="数据级别为审核或入库时必填"),
        TemplateColumn("审核时间", help="数据级别为审核或入库时必填"),
        TemplateColumn("水质类别", choices=CLASSES, help="已发布的类别,没有则留空"),
        TemplateColumn("站点情况", help="自动站:正常、维护、停站、不具备运行条件"),
        TemplateColumn("是否撤回", choices=tuple(YES_NO), help="填 是 即撤回此前报送的同一读数"),
    ]  # fmt: skip


def _item_column(item: ItemSpec) -> TemplateColumn:
    help_text = "数值;未检出填检出限加 L,如 0.01L;本站不测填 *,无值填 --"
    return TemplateColumn(f"{item.name_zh}({item.unit})", kind="number", help=help_text)


def _example(given: Mapping[str, str], items: list[ItemSpec]) -> tuple[str, ...]:
    facts = tuple(given.get(column.heading, "") for column in _fact_columns())
    return (*facts, *(given.get(item.key, "") for item in items))


def _code_lists(items: list[ItemSpec]) -> list[CodeList]:
    regions = load_regions().entries
    return [
        CodeList("省份", tuple((entry.name, code) for code, entry in regions.items())),
        CodeList("水体类型", (("河流", "总磷按河流限值"), ("湖库", "总磷按湖、库限值"))),
        CodeList("监测方式", (("自动", "自动站"), ("手工", "人工采样"), ("联合", "两省联合监测"))),
        CodeList(
            "数据级别",
            (("实时", "未经审核"), ("审核", "经审核,可更正"), ("入库", "正式数据,用于评价和补偿")),
        ),
        CodeList("有效性", (("有效", ""), ("存疑", "须说明原因"), ("无效", "须说明原因"))),
        CodeList("水质类别", tuple((each, "") for each in CLASSES)),
        CodeList("是否撤回", (("是", "撤回此前报送的读数"), ("否", ""))),
        CodeList("项目", tuple((f"{each.name_zh}({each.unit})", each.code) for each in items)),
        CodeList(
            "缺测标记",
            (("*", "本站不测"), ("--", "无值"), ("极值过滤", ""), ("0.01L", "低于检出限")),
        ),
    ]  # fmt: skip


_REMARKS = (
    "1. 一行一条读数;带 * 的列必填;不用的监测项目列可以整列删除,不要改列名。",
    f"2. 断面名称以 {EXAMPLE} 开头的行是示例,导入时自动略过。",
    "3. 监测时间按北京时间填写,24 小时制。",
    "4. 数值列只填数字;未检出填检出限加 L(如 0.01L);本站不测填 *,无值填 -- 或留空。",
    "5. 单元格中不要使用公式;代码、编号保持文本格式。",
    "6. 同一断面、时间和监测方式再次报送,内容不同即为更正;数据级别高者优先,同级以后报送者为准。",
    "7. 有问题的单元格会在退回的副本中标红并附说明,改正后整表重新导入即可,已收的读数不会重复。",
)
