"""People from an Excel file at the command line, and the doctor there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from typer.testing import CliRunner

from bot import people_sheet
from bot.app import build
from bot.cli import app
from bot.people_sheet import COLUMNS, read
from bot.platforms.base import Finding, Platform
from bot.platforms.registry import looked_at
from cards.sheets import workbook
from config.settings import Settings
from rules.listing import Row
from storage.database import Database
from storage.tables import Identity, Person, Team


def sheet(*rows: Sequence[str | int], columns: Sequence[str] = COLUMNS) -> bytes:
    return workbook("人员", columns, [tuple(one) for one in rows])


BOSS = ("周管理", "13800000001", "zhou@e.cn", "管理员", "信息部", "", "", "zhou", "", "")
REP = ("李雷", 13800000002, "", "销售", "销售部", "华东一组", "周管理", "lilei", "LiLei", "ou_1")


def test_a_row_as_it_reads() -> None:
    (row,) = read(sheet(REP), {"dingtalk": "east"}).rows
    accounts = {("dingtalk", "east", "lilei"), ("wecom", "main", "LiLei"), ("feishu", "main", "ou_1")}
    assert row == Row(
        "2", "李雷", "13800000002", "", "", "销售部", "rep", "华东一组", "周管理", True, frozenset(accounts)
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a workbook", "不是 Excel"),
        (sheet(), "表里没有人"),
        (sheet(("甲",), columns=("名字",)), "没有“姓名”这一列"),
        (sheet(("甲", "1"), columns=("姓名", "电话")), "不认识的列：电话"),
        (sheet(("甲", "乙"), columns=("姓名", "姓名")), "重复的列：姓名"),
        (sheet(("", "13800000001")), "第 2 行：没有姓名"),
        (sheet(BOSS, ("甲", "", "", "老板")), "第 3 行：没有「老板」这个角色"),
        (sheet(("甲", "1380")), "第 2 行：手机号「1380」不对"),
        (sheet(("甲", "", "x")), "第 2 行：邮箱「x」不对"),
        (sheet(("甲" * 81,)), "第 2 行：姓名太长"),
        (sheet(*[("甲",)] * (people_sheet.MOST + 1)), "一次最多 5000 行"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(content: bytes, words: str) -> None:
    found = read(content, {})
    assert not found.rows
    assert words in "\n".join(found.problems)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def genjin(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.output


def on_record() -> list[Person]:
    async def go() -> list[Person]:
        db = Database(Settings().database_url)
        async with db.read() as tx:
            found = list((await tx.scalars(select(Person).order_by(Person.id))).all())
        await db.close()
        return found

    return asyncio.run(go())


def test_the_form_has_the_columns_and_is_never_written_over(here: Path) -> None:
    assert genjin("people", "template", "人员.xlsx")[0] == 0
    book = CalamineWorkbook.from_object(BytesIO((here / "人员.xlsx").read_bytes()))
    assert tuple(book.get_sheet_by_name("人员").to_python()[0]) == COLUMNS
    assert [line[0] for line in book.get_sheet_by_name("怎么填").to_python()] == list(COLUMNS)
    code, words = genjin("people", "template", "人员.xlsx")
    assert (code, "已经有这个文件" in words) == (1, True)


def test_import_dry_then_for_real_then_nothing_new(here: Path) -> None:
    (here / "人员.xlsx").write_bytes(sheet(BOSS, REP))
    code, words = genjin("people", "import", "人员.xlsx", "--dry-run")
    assert (code, "+ 李雷（销售）" in words, "没有写入" in words) == (0, True, True)
    assert on_record() == []
    assert "已导入 · 新增 2 人，更新 0 人" in genjin("people", "import", "人员.xlsx")[1]
    boss, rep = on_record()
    assert (boss.admin, rep.superior_id, rep.mobile, rep.role) == (True, boss.id, "13800000002", "rep")
    assert "已导入 · 新增 0 人，更新 0 人" in genjin("people", "import", "人员.xlsx")[1]
    (here / "人员.xlsx").write_bytes(sheet(BOSS, (*REP[:4], "大客户部", *REP[5:])))
    assert "~ 李雷（部门）" in genjin("people", "import", "人员.xlsx")[1]


def test_nothing_is_imported_by_half(here: Path) -> None:
    (here / "人员.xlsx").write_bytes(sheet(BOSS, REP, ("甲", "13800000002"), ("乙", "", "", "", "", "", "没这人")))
    code, words = genjin("people", "import", "人员.xlsx")
    assert code == 1
    assert "第 3、4 行：李雷、甲的手机号都是 13800000002" in words
    assert "第 5 行：乙的上级「没这人」不在名单里" in words
    assert "没有导入任何人" in words
    assert on_record() == []
    assert genjin("people", "import", "没有.xlsx")[0] == 1


def test_accounts_and_teams_are_made(here: Path) -> None:
    (here / "人员.xlsx").write_bytes(sheet(BOSS, REP))
    genjin("people", "import", "人员.xlsx")

    async def go() -> tuple[list[str], list[str]]:
        db = Database(Settings().database_url)
        async with db.read() as tx:
            users = list((await tx.scalars(select(Identity.user).order_by(Identity.user))).all())
            teams = list((await tx.scalars(select(Team.name))).all())
        await db.close()
        return users, teams

    assert asyncio.run(go()) == (["LiLei", "lilei", "ou_1", "zhou"], ["华东一组"])


def test_the_doctor_fails_without_a_database_and_without_people(here: Path) -> None:
    code, words = genjin("doctor")
    assert code == 1
    assert re.search(r"✗ 数据库：.*\n\s+→ 运行 genjin migrate", words)
    genjin("migrate")
    code, words = genjin("doctor")
    assert (code, words.splitlines()[0]) == (1, "✗ 网页聊天 web · 网页聊天：还没有任何人可以登录。")
    assert "→ 先导入人员名单" in words


def test_the_doctor_is_content_with_somebody_who_can_log_in(here: Path) -> None:
    (here / "人员.xlsx").write_bytes(sheet(BOSS))
    genjin("people", "import", "人员.xlsx")
    assert genjin("login", "周管理")[0] == 0
    code, words = genjin("doctor")
    assert (code, "✗" in words) == (0, False)
    assert "✓ 数据库" in words


def test_the_doctor_names_a_platform_that_is_set_wrong(here: Path) -> None:
    genjin("migrate")
    (here / "genjin.yaml").write_text("platforms: {feishu: {main: {nonsense: 1}}}", encoding="utf-8")
    code, words = genjin("doctor")
    assert code == 1
    assert "platforms.feishu.main" in words


async def test_beside_the_running_service_no_connection_is_called_broken(tmp_path: Path) -> None:
    apps: dict[str, dict[str, object]] = {
        "feishu": {"app_id": "cli_1", "app_secret": "s"},
        "dingtalk": {"client_id": "c", "client_secret": "s"},
    }
    settings = Settings(data=tmp_path, platforms={name: {"main": given} for name, given in apps.items()})
    product = build(settings, platforms=looked_at)
    try:
        health = [getattr(platform, "health", None) for platform in product.services.platforms.values()]
        assert [one.aside for one in health if one is not None] == [True, True]
        assert aside_connection(product.services.platforms[("dingtalk", "main")]).state == "warn"
    finally:
        await product.close()


def aside_connection(platform: Platform) -> Finding:
    return platform.client._doctor._connection()  # type: ignore[attr-defined,no-any-return]  # DingTalk's own
