"""People from the platforms' directories: asked for, by themselves, at night; and from a file sent in chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.errors import Credentials
from bot.people_sheet import COLUMNS
from bot.platforms.base import Chat, DirectoryPerson, Inbound, Kind
from cards.sheets import workbook
from storage.tables import Customer, Identity, Person
from tests.harness.company import PEOPLE
from tests.harness.fixtures import open_team
from tests.harness.live import open_live
from tests.harness.platform import RecordingClient, RecordingPlatform
from tests.harness.platforms import DingTalk, Driver, Feishu, WeCom
from tests.harness.team import Team


@dataclass
class ListingClient(RecordingClient):
    listed: list[DirectoryPerson] = field(default_factory=list)
    asked: int = 0
    broken: Exception | None = None

    async def people(self) -> AsyncIterator[DirectoryPerson]:
        self.asked += 1
        if self.broken is not None:
            raise self.broken
        for person in self.listed:
            yield person


def colleagues() -> list[DirectoryPerson]:
    """The company as it is."""
    return [DirectoryPerson(user, name, superior=above or "") for user, name, _, _, above in PEOPLE]


@dataclass
class Office:
    team: Team
    client: ListingClient

    async def person(self, name: str) -> Person:
        async with self.team.app.services.db.read() as tx:
            return (await tx.scalars(select(Person).where(Person.name == name))).one()

    async def platform_says_people_changed(self, key: str) -> None:
        runtime, now = self.team.app.runtime, self.team.clock.now()
        await runtime.sink(Inbound("dingtalk", "main", key, Kind.DIRECTORY, "", Chat(""), now, text="user_add_org"))
        await runtime.settle()


@pytest.fixture
async def office(tmp_path: Path, database_url: str) -> AsyncIterator[Office]:
    client = ListingClient(listed=colleagues())
    team = await open_team(tmp_path, database_url, RecordingPlatform("dingtalk", "main", client))
    yield Office(team, client)
    await team.app.close()


async def test_new_changed_and_gone_and_what_they_leave(office: Office) -> None:
    team, client = office.team, office.client
    client.listed = [one for one in colleagues() if one.user not in ("lilei", "han")]
    client.listed += [DirectoryPerson("han", "韩梅", title="大客户经理", superior="chen")]
    client.listed += [DirectoryPerson("qian", "钱新", "13800000001", title="销售", superior="wang")]
    client.listed += [DirectoryPerson("sun", "孙会计", superior="nobody")]
    await team.admin.says("/who sync 钉钉")
    team.admin.gets("正在从钉钉取人员名单")
    card = team.admin.gets("钉钉 · 2 新增，1 更新，1 离职，1 处要你定", "孙会计的上级「nobody」不在名单里")
    card.shows("新增 钱新、孙会计", "更新 韩梅（职务、上级）", "离职 李雷", "/who set 孙会计 角色 销售")
    team.manager.gets("李雷已离职 · 还有事没交接", "宏达机械", "/customer transfer 宏达机械 给 姓名")
    new = await office.person("钱新")
    assert (new.role, new.superior_id, new.team_id) == ("rep", (await office.person("王主管")).id, 1)
    assert not (await office.person("李雷")).active
    await team.rep.says("/todo")
    team.rep.gets("你的账号已停用")
    await team.admin.presses("再取一次")
    team.admin.gets("正在从钉钉")
    team.admin.gets("钉钉 · 0 新增，0 更新，0 离职，1 处要你定")
    team.nobody_else_heard_anything()


async def test_quietly_when_the_platform_says_so_and_once_in_ten_minutes(office: Office) -> None:
    team, client = office.team, office.client
    client.listed.append(DirectoryPerson("qian", "钱新"))
    for number in range(3):
        await office.platform_says_people_changed(f"first{number}")
    assert client.asked == 1
    client.listed.append(DirectoryPerson("lilei2", "李雷"))
    for number in range(3):
        await office.platform_says_people_changed(f"later{number}")
    assert client.asked == 1
    await team.clock.forward(minutes=11)
    assert client.asked == 2
    team.admin.gets("通讯录有 1 处要你定", "有不止一个李雷")
    await office.platform_says_people_changed("again")
    await team.clock.forward(minutes=11)
    assert client.asked == 3, "and what was told once is not told again"
    assert (await office.person("钱新")).active
    team.nobody_else_heard_anything()


async def test_at_night(office: Office) -> None:
    office.client.listed.append(DirectoryPerson("qian", "钱新", title="主管"))
    await office.team.clock.to("03:31", days=1)
    assert office.client.asked == 1
    assert (await office.person("钱新")).role == "manager"


async def test_what_cannot_be_had_changes_nothing(office: Office) -> None:
    team, client = office.team, office.client
    for broken, words in ((Credentials("没有通讯录权限"), "没有通讯录权限"), (KeyError("dept"), "看不懂")):
        client.broken = broken
        await team.admin.says("/who sync")
        team.admin.gets("正在从钉钉")
        team.admin.gets("0 新增，0 更新，0 离职", "钉钉的名单没有取到", words)
    client.broken, client.listed = None, []
    await team.admin.says("/who sync")
    team.admin.gets("正在从钉钉")
    team.admin.gets("钉钉没有给出任何人，没有改动")
    assert (await office.person("李雷")).active
    team.nobody_else_heard_anything()


async def test_it_is_for_admins_and_for_platforms_that_are_there(office: Office) -> None:
    team = office.team
    await team.rep.says("/who sync")
    team.rep.gets("需要管理员权限")
    await team.admin.says("/who sync 飞书")
    team.admin.gets("没有接上「飞书」；可以写：钉钉")
    team.nobody_else_heard_anything()


async def test_without_a_platform_there_is_still_excel(team: Team) -> None:
    await team.admin.says("/who sync")
    team.admin.gets("还没有接上钉钉、企业微信或飞书", "Excel")
    team.nobody_else_heard_anything()


def sheet(*rows: tuple[str, ...]) -> bytes:
    return workbook("人员", COLUMNS, rows)


async def test_a_sheet_in_the_chat_is_shown_before_it_counts(team: Team) -> None:
    content = sheet(("钱新", "13800000001", "", "销售", "", "", "王主管"), ("李雷", "13900000002"))
    await team.admin.sends(Kind.FILE, content, name="人员名单.xlsx")
    team.admin.gets("人员名单.xlsx · 将新增 1 人，更新 1 人", "新增 钱新", "更新 李雷（手机）", "还没有改动")
    await team.admin.presses("导入")
    assert team.admin.sees("已导入 · 新增 1 人，更新 1 人", "周管理从 人员名单.xlsx 导入").buttons() == []
    await team.admin.says("/who 钱新")
    team.admin.gets("钱新 · 销售", "上级 王主管", "还没有连上")
    await team.admin.sends(Kind.FILE, content, name="人员名单.xlsx")
    assert team.admin.gets("和现在的一样，不用导入").buttons() == []
    team.nobody_else_heard_anything()


async def test_a_sheet_from_somebody_else_is_a_file_like_any(team: Team) -> None:
    await team.rep.sends(Kind.FILE, sheet(("钱新", "13800000001")), name="人员.xlsx")
    assert not any(
        "将新增" in message.words or (message.card and "将新增" in message.card.title) for message in team.rep.messages
    )
    await team.admin.says("/who 钱新")
    team.admin.gets("没有叫「钱新」的同事")


async def test_a_sheet_overtaken_by_events_is_not_imported(team: Team) -> None:
    await team.admin.sends(Kind.FILE, sheet(("钱新", "", "", "", "", "", "赵工")), name="人员.xlsx")
    team.admin.gets("将新增 1 人")
    await team.admin.says("/who set 赵工 状态 停用")
    team.admin.gets("状态从在职改为停用")
    await team.admin.presses("导入")
    team.admin.gets("后来和名单对不上了", "第 2 行：钱新的上级赵工已离职", "没有导入")
    team.nobody_else_heard_anything()


async def test_a_sheet_with_mistakes_has_no_button(team: Team) -> None:
    await team.admin.sends(Kind.FILE, sheet(("甲", "12"), ("乙", "", "", "皇帝")), name="人员.xlsx")
    card = team.admin.gets("人员.xlsx · 2 处要改，没有导入", "第 2 行：手机号", "第 3 行：没有「皇帝」这个角色")
    assert card.buttons() == []
    team.nobody_else_heard_anything()


DRIVERS: dict[str, type[Driver]] = {"feishu": Feishu, "dingtalk": DingTalk, "wecom": WeCom}


@pytest.mark.parametrize("platform", DRIVERS)
async def test_the_directory_of_each_platform(platform: str, tmp_path: Path) -> None:
    team = await open_live(tmp_path, DRIVERS[platform]())
    try:
        emulator = team.driver.emulator  # type: ignore[attr-defined]  # each driver has its own
        if platform == "feishu":
            emulator.person("钱新", open_id="qian", superior="wang", title="销售", mobile="+8613800000001")
        elif platform == "dingtalk":
            emulator.person("qian", "钱新", manager="wang", title="销售", mobile="13800000001")
        else:
            emulator.department(2, "销售部", leaders=["wang"])
            emulator.user("qian", "钱新", departments=[2])
        async with team.app.services.db.read() as tx:
            before = (await tx.scalars(select(Customer.owner_id))).all()
        await team.admin.says("/who sync")
        team.admin.gets("正在从")
        team.admin.gets("1 新增", "0 离职", "钱新")
        async with team.app.services.db.read() as tx:
            query = select(Person, Identity).join(Identity).where(Identity.user == "qian")
            person, identity = (await tx.execute(query)).one()
            wang = (await tx.scalars(select(Person).where(Person.name == "王主管"))).one()
            assert (await tx.scalars(select(Customer.owner_id))).all() == before
        assert (person.name, person.role, person.superior_id, identity.platform) == ("钱新", "rep", wang.id, platform)
        team.nobody_else_heard_anything()
    finally:
        await team.close()
