"""Excel files: what the person may see, and nothing that Excel would run."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from cards.sheets import workbook
from tests.harness.platform import NO_INPUTS
from tests.harness.team import Team

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"


def sheet(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def kept(team: Team) -> list[list[Any]]:
    """The one file the store holds."""
    files = [path for path in team.app.services.attachments.folder.rglob("*") if path.is_file()]
    assert len(files) == 1
    return sheet(files[0].read_bytes())


async def filed(team: Team) -> None:
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认", support="=1+1 看看特价")
    team.rep.sees("已记下")
    team.manager.gets("支持请求")


async def test_a_month_of_ones_own_progress(company: Team) -> None:
    team = company
    await filed(team)
    await team.rep.says("/export")
    team.rep.gets("客户推进_2026-03_李雷.xlsx")
    team.rep.gets("客户推进 · 2026-03 · 1 行，文件在下面；只含你能看到的")
    header, row = kept(team)
    assert header[:4] == ["时间", "姓名", "客户", "今日关键动作"]
    assert row[1:6] == ["李雷", "宏达机械", "已报价", "竞品压价", "=1+1 看看特价"]
    assert (row[0].hour, row[0].day) == (10, 11)
    await team.other_rep.says("/export progress 本月")
    team.other_rep.gets("没有你能看到的记录，没有导出")
    await team.rep.says("/export progress 上月")
    team.rep.gets("客户推进 2026-02 没有你能看到的记录")
    team.nobody_else_heard_anything()


async def test_a_superior_exports_the_teams_requests(team: Team) -> None:
    await filed(team)
    await team.manager.says("/export 支持请求 3月")
    team.manager.gets("支持请求_2026-03_王主管.xlsx")
    team.manager.gets("1 行")
    assert kept(team)[1][1:] == ["李雷", "宏达机械", "=1+1 看看特价", "等答复"]
    team.nobody_else_heard_anything()


async def test_customers_are_those_one_may_see(team: Team) -> None:
    await team.other_rep.says("@跟进 /export customers", group=True)
    team.group_gets("内容只给你看")
    team.other_rep.gets("客户_韩梅.xlsx")
    team.other_rep.gets("客户 · 1 行")
    assert [row[0] for row in kept(team)] == ["客户", "云帆软件"]
    team.nobody_else_heard_anything()


async def test_what_cannot_be_exported(team: Team) -> None:
    await team.rep.says("/export 工资")
    team.rep.gets("没有「工资」可以导出；可用：progress、visits、support、customers")
    await team.rep.says("/export visits 昨年")
    team.rep.gets("看不懂月份「昨年」")
    await team.rep.says("/export visits")
    team.rep.gets("拜访 2026-03 没有你能看到的记录")
    team.platform.client.capabilities = NO_INPUTS
    await team.rep.says("/export customers")
    team.rep.gets("这个平台收不了文件")
    team.nobody_else_heard_anything()


def test_no_cell_becomes_a_formula_or_a_link() -> None:
    content = workbook("表", ["a"], [["=HYPERLINK(1)"], ["@sum"], ["-1+1"], ["https://example.com"], ["普通"]])
    assert [row[0] for row in sheet(content)] == ["a", "=HYPERLINK(1)", "@sum", "-1+1", "https://example.com", "普通"]
    inside = ZipFile(BytesIO(content))
    xml = inside.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml and "hyperlink" not in xml
    assert 'quotePrefix="1"' in inside.read("xl/styles.xml").decode()
