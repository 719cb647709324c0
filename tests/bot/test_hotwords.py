"""Which names the speech model is told before it listens to somebody."""

from __future__ import annotations

from bot.lexicons import HOTWORDS
from bot.platforms.base import Kind
from storage.tables import Competitor, Contact, Customer, Interaction, Product
from tests.harness.company import START
from tests.harness.team import Actor, Team
from tests.harness.voices import ScriptedTranscriber


async def told(team: Team, who: Actor, serial: int) -> list[str]:
    transcriber = team.app.services.transcriber
    assert isinstance(transcriber, ScriptedTranscriber)
    recording = b"#!AMR\n" + bytes([serial]) * 30
    transcriber.hears[recording] = "你好"
    await who.sends(Kind.VOICE, recording, name="v.amr", seconds=3)
    return list(transcriber.hotwords[-1])


async def test_own_customers_lately_touched_first_then_their_people_competitors_products(team: Team) -> None:
    async with team.app.services.db.write() as tx:
        tx.add_all([Contact(customer_id=6, name="褚总"), Contact(customer_id=1, name="李总", left_at=START)])
        tx.add(Product(name="检测设备"))
    words = await told(team, team.rep, 1)
    assert words == ["宏达机械", "仁和医院", "天宇科技", "华联超市", "华联超市二店", "王经理", "博创", "检测设备"]
    assert (await told(team, team.other_rep, 2))[:2] == ["云帆软件", "褚总"]


async def test_many_customers_leave_room_for_the_other_names(team: Team) -> None:
    async with team.app.services.db.write() as tx:
        for number in range(100):
            customer = Customer(name=f"客户{number:03}", owner_id=3, created_at=START)
            tx.add(customer)
            await tx.flush()
            tx.add(Contact(customer_id=customer.id, name=f"人{number:03}"))
        tx.add(Interaction(customer_id=customer.id, person_id=3, kind="call", at=START))
        tx.add_all([Competitor(name=f"对手{number:02}") for number in range(20)])
    words = await told(team, team.rep, 3)
    assert len(words) == HOTWORDS
    assert words[0] == "客户099"
    assert [sum(word.startswith(kind) for word in words) for kind in ("人", "对手")] == [11, 8]
    assert {"博创", "王经理"} <= set(words)


async def test_who_has_no_customers_is_told_those_of_the_team(team: Team) -> None:
    assert {"宏达机械", "云帆软件"} <= set(await told(team, team.manager, 4))
