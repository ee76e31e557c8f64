"""The customs service over its own migrations, on both databases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.support.customs import (
    CustomsUnderTest,
    amendment,
    customs_under_test,
    declared,
    number,
    receipt,
    transit,
)
from tests.support.postgres import fresh_database

pytestmark = pytest.mark.integration

ENTERPRISE = "91430102616831072Q"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def customs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CustomsUnderTest]:
    """Serve one for all tests on a database; each test has declarations of its own."""
    folder = tmp_path_factory.mktemp("customs")
    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'customs.sqlite'}"
        if request.param == "postgres":
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_server")))
        yield stack.enter_context(customs_under_test(folder, url))


def facts(serial: int) -> list[tuple[str, dict[str, Any]]]:
    """Return what happens to a declaration, with what does not follow among it."""
    receipts = [("7", 1), ("L", 2), ("G", 3), ("P", 4), ("M", 5), ("J", 6), ("P", 7), ("R", 8)]
    return [
        *(("receipts", receipt(serial, code, minute)) for code, minute in receipts),
        ("receipts", receipt(serial, "H", 7)),
        ("receipts", receipt(serial, "?", 9)),
        ("amendments", amendment(serial, "applied", 10)),
        ("amendments", amendment(serial, "granted", 11)),
        ("amendments", amendment(serial, "refused", 12) | {"reason_code": "01"}),
        ("declarations", declared(serial)),
    ]


def test_any_order_of_the_same_facts_ends_in_one_state(customs: CustomsUnderTest) -> None:
    ends = []
    for serial in range(1, 6):
        told = facts(serial)
        chance = random.Random(serial)
        again = [each for each in told if each[0] == "receipts"]
        shuffled = [*told, *chance.sample(again, 4)]
        chance.shuffle(shuffled)
        for path, fact in shuffled:
            customs.post(path, [fact])
        shown = customs.declaration(serial)
        items = customs.get("work-items", state="open", declaration_no=number(serial))["items"]
        anomalies = [each.replace(str(serial), "") for each in shown["anomalies"]]
        ends.append((shown["state"], anomalies, len(shown["receipts"]), len(items)))

    assert ends == [ends[0]] * 5
    assert ends[0][0] == "withdrawn"
    assert len(ends[0][1]) == ends[0][3] == 3


def test_a_receipt_that_comes_before_its_declaration_is_told_with_it(
    customs: CustomsUnderTest,
) -> None:
    early = customs.post("receipts", [receipt(11, "L", 5)])["results"][0]
    assert (early["outcome"], early["event_id"]) == ("first", None)
    assert customs.declaration(11)["state"] == "received"

    customs.post("declarations", [declared(11)])
    again = customs.post("receipts", [receipt(11, "L", 5)])["results"][0]
    assert again["outcome"] == "repeat"
    assert again["event_id"]


def test_of_a_receipt_that_comes_again_the_earliest_time_counts(
    customs: CustomsUnderTest,
) -> None:
    def told(code: str, received: int) -> dict[str, Any]:
        at = f"2026-06-01T{received:02}:00:00+00:00"
        return receipt(15, code, 1, received_at=at)

    customs.post("receipts", [told("7", 9), told("L", 8), told("G", 7)])
    again = [told("L", 3), told("7", 6), told("7", 5), told("7", 6), told("G", 8)]
    outcomes = [each["outcome"] for each in customs.post("receipts", again)["results"]]

    assert outcomes == ["repeat"] * 5
    hours = {
        each["code"]: each["received_at"][11:13] for each in customs.declaration(15)["receipts"]
    }
    assert hours == {"7": "05", "L": "03", "G": "07"}


def test_without_an_authorisation_a_single_window_declaration_is_refused(
    customs: CustomsUnderTest,
) -> None:
    refused = customs.post("declarations", [declared(21, authorisation_ref=None)], 422)
    assert refused["refused"][0]["rule"] == "single_window_data_are_authorised"
    customs.ask(f"declarations/{number(21)}", 404)

    notice = declared(21, authorisation_ref=None, source="customs_notice")
    assert customs.post("declarations", [notice])["results"][0]["outcome"] == "first"


def test_a_batch_is_taken_whole_or_not_at_all(customs: CustomsUnderTest) -> None:
    wrong = declared(32, customs_no="516520260000000001")
    refused = customs.post("declarations", [declared(31), wrong], 422)["refused"]

    assert [(each["index"], each["field"]) for each in refused] == [(1, "customs_no")]
    customs.ask(f"declarations/{number(31)}", 404)


def test_an_illegal_command_is_refused_with_the_legal_ones(customs: CustomsUnderTest) -> None:
    customs.post("declarations", [declared(41, declared_at=None)])
    assert customs.command(41, "submit")["state"] == "submitted"
    customs.post("receipts", [receipt(41, "L", 6 * 60), receipt(41, "T", 6 * 60 + 1)])

    refused = customs.command(41, "discard", 409)
    # Receipts of the past came after the submission of today: it is they that do not follow.
    assert refused["legal"] == customs.declaration(41)["legal_commands"]
    assert "possible is" in refused["detail"]


def test_what_is_done_here_goes_its_way(customs: CustomsUnderTest) -> None:
    customs.post("declarations", [declared(51)])
    customs.post("receipts", [receipt(51, "L", 1), receipt(51, "G", 2), receipt(51, "T", 3)])
    refused = customs.command(51, "submit", 409)
    assert refused["legal"] == ["pay_tax", "apply_modification", "apply_withdrawal"]

    assert customs.command(51, "pay_tax")["state"] == "tax_paid"
    applied = customs.command(51, "apply_withdrawal", reason="示例")
    assert applied["legal_commands"] == ["cancel_application"]
    assert customs.command(51, "cancel_application")["applications"] != applied["applications"]
    steps = {each["step"] for each in customs.get("amendments", declaration_no=number(51))["items"]}
    assert steps == {"applied", "cancelled"}


def test_a_work_item_is_explained_or_closed(customs: CustomsUnderTest) -> None:
    customs.post("declarations", [declared(61)])
    customs.post("receipts", [receipt(61, "P", 4), receipt(61, "G", 5), receipt(61, "H", 9)])
    of_it: dict[str, Any] = {"declaration_no": number(61)}
    two = customs.get("work-items", state="open", **of_it)["items"]
    assert [each["state"] for each in two] == ["open", "open"]

    customs.post("receipts", [receipt(61, "M", 4, received_at="2026-06-01T09:00:00+08:00")])
    (left,) = customs.get("work-items", state="explained", **of_it)["items"]
    assert " G " in left["sentence"]
    (other,) = customs.get("work-items", state="open", **of_it)["items"]
    closed = customs.post(f"work-items/{other['item_id']}/close", {"note": "已核实"})
    assert (closed["state"], closed["note"]) == ("handled", "已核实")
    customs.post(f"work-items/{other['item_id']}/close", {"note": "again"}, 409)


def test_receipts_that_come_at_once_are_all_counted(customs: CustomsUnderTest) -> None:
    customs.post("declarations", [declared(91)])
    codes = ("7", "L", "G", "C", "T", "P", "R")
    told = [[receipt(91, code, minute)] for minute, code in enumerate(codes, 1)]
    with ThreadPoolExecutor(len(told)) as people:
        list(people.map(partial(customs.post, "receipts"), told))

    shown = customs.declaration(91)
    assert (shown["state"], shown["anomalies"], len(shown["receipts"])) == ("cleared", [], 7)
    (listed,) = customs.get("declarations", consignment_no="C-91")["items"]
    assert (listed["state"], listed["anomaly"]) == ("cleared", False)


def test_what_is_back_filled_opens_no_work_item(customs: CustomsUnderTest) -> None:
    rows = [
        f"{number(95)},{code},2019-06-01 {hour}:00" for code, hour in (("P", "09"), ("H", "10"))
    ]
    file = "\n".join(["申报单号,回执代码,回执时间", *rows]).encode()
    customs.import_bytes(file, "回执.csv", mode="backfill")

    assert len(customs.declaration(95)["anomalies"]) == 1
    (item,) = customs.get("work-items", declaration_no=number(95))["items"]
    assert (item["state"], item["note"]) == ("handled", "历史补录")


def test_levels_are_those_of_the_day(customs: CustomsUnderTest) -> None:
    level = {"enterprise_code": ENTERPRISE, "office": "4900", "decided_on": "2024-12-01"}
    before = {"valid_from": "2025-01-01", "valid_until": "2026-03-31", "scheme": "251"}
    after = {"valid_from": "2026-04-01", "scheme": "282"}
    customs.post("enterprises", [{**level, **before, "level": "other"}])
    customs.post("enterprises", [{**level, **after, "level": "certified"}])
    wrong = customs.post("enterprises", [{**level, **after, "level": "other"}], 422)
    assert "order 282 has no level" in wrong["detail"]

    found = {
        day: customs.get(f"enterprises/{ENTERPRISE}", on=day)
        for day in ("2024-12-31", "2026-03-31", "2026-04-01")
    }
    assert [each["level"] for each in found.values()] == [None, "other", "certified"]
    assert [each["is_aeo"] for each in found.values()] == [False, False, True]
    assert found["2026-03-31"]["scheme_in_force"] == "251"
    assert customs.get("enterprises/91430200184291673E")["level"] is None
    assert "check digit" in customs.ask(f"enterprises/{ENTERPRISE[:-1]}A", 422)["detail"]


def test_a_consignment_is_one_line_over_its_documents(customs: CustomsUnderTest) -> None:
    customs.post("declarations", [declared(7)])
    customs.post("receipts", [receipt(7, "L", 1), receipt(7, "P", 60)])
    customs.post("transits", [transit("T-7", "departed", 10, consignment_no="C-7")])
    customs.post("amendments", [amendment(7, "applied", 200)])

    (told,) = customs.get("transits", consignment_no="C-7")["items"]
    assert (told["transit_no"], told["step"]) == ("T-7", "departed")
    shown = customs.get("consignments/C-7/timeline")
    assert [each["what"] for each in shown["entries"]] == [
        "申报",
        "L 海关已接收(入库成功)",
        "P 已放行",
        "核放启运",
        "撤单申请",
    ]
    customs.ask("consignments/nobody/timeline", 404)


def test_a_file_that_was_exported_is_imported_as_a_repeat(customs: CustomsUnderTest) -> None:
    customs.post("declarations", [declared(71), declared(72)])
    customs.post("receipts", [receipt(71, "B", 1), receipt(71, "b", 2)])
    for listing in ("declarations", "receipts"):
        for kind in ("xlsx", "csv"):
            file = customs.client.get(f"/v1/{listing}/export", params={"format": kind}).content
            summary = customs.import_bytes(file, f"a.{kind}")["summary"]
            assert summary["read"] == summary["repeats"] >= 2, (listing, kind, summary)


def test_a_refused_row_comes_back_marked(customs: CustomsUnderTest) -> None:
    heading = "申报单号,进出口标志,数据来源,申报地海关,商品编号"
    good = f"{number(81)},出口,海关通报,4900,0203291000"
    wrong = f"{number(82)},出口,海关通报,5100,0203291000"
    file = f"{heading}\n{good}\n{wrong}".encode("gb18030")

    done = customs.import_bytes(file, "报关单.csv")
    assert (done["summary"]["accepted"], len(done["summary"]["refused"])) == (1, 1)
    copy = customs.client.get(done["returned_copy"])
    assert "隶属海关" in copy.content.decode("utf-8-sig")
    assert customs.get(f"declarations/{number(81)}")["declaration"]["hs4"] == ["0203"]


def test_a_listing_goes_on_where_its_page_ended(customs: CustomsUnderTest) -> None:
    serials = (101, 102, 103)
    told = [declared(each, consignment_no="C-101", goods=[]) for each in serials]
    customs.post("declarations", [*told, declared(104)])
    customs.post("receipts", [receipt(102, "L", 1)])
    of_it: dict[str, Any] = {"consignment_no": "C-101", "limit": 2}
    pages = customs.pages("declarations", **of_it)

    listed = [(each["declaration_no"], each["state"]) for each in pages]
    states = ("submitted", "received", "submitted")
    assert listed == list(zip(map(number, serials), states, strict=True))
    (received,) = customs.get("declarations", state="received", **of_it)["items"]
    assert received["declaration_no"] == number(102)
    assert customs.get("declarations", region="44", **of_it)["items"] == []
    customs.ask("amendments", 400, cursor=customs.get("declarations", **of_it)["next"])


def test_templates_have_their_words(customs: CustomsUnderTest) -> None:
    for form in ("declaration", "receipt", "amendment", "transit", "inspection", "level"):
        answer = customs.client.get(f"/v1/imports/templates/{form}", params={"format": "xlsx"})
        book = load_workbook(BytesIO(answer.content), read_only=True)
        assert "代码表" in book.sheetnames or form == "receipt"


def test_what_is_shown_as_an_example_is_taken(customs: CustomsUnderTest) -> None:
    schemas = customs.client.get("/openapi.json").json()["components"]["schemas"]
    paths = {
        "DeclarationIn": "declarations",
        "AmendmentIn": "amendments",
        "TransitIn": "transits",
        "InspectionIn": "inspections",
        "AeoIn": "enterprises",
    }
    for name, path in paths.items():
        (example,) = schemas[name]["examples"]
        assert customs.post(path, [example])["results"][0]["event_id"]
