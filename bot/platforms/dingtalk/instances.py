"""Card instances: created and delivered down the ladder, changed in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog

from bot.errors import Credentials, DeliveryError, SentAsWords
from bot.platforms.base import Address, CardBody, Outgoing, Receipt, UpdateBody
from bot.platforms.dingtalk import cards
from bot.platforms.dingtalk.api import Api, ApiError
from bot.platforms.dingtalk.cards import Drawn, LinkMessage
from bot.platforms.dingtalk.codes import Refusal, error_of
from bot.platforms.dingtalk.ladder import CARD_RUNGS, Ladder, Rung, RungFailed
from bot.platforms.dingtalk.marks import Track
from bot.platforms.dingtalk.pictures import Pictures
from bot.platforms.dingtalk.sending import BY_WEBHOOK, PIECE_BYTES, Sender, link_card
from bot.platforms.dingtalk.settings import DingTalkSettings
from bot.platforms.repeats import card_perhaps_twice

log = structlog.get_logger(__name__)

ALREADY = ("param.cardAlreadyExist",)
LASTING = (
    "param.templateNotExist",
    "param.templateUnpublished",
    "AccessTokenPermissionDenied",
    "orgAuthLevelNotEnough",
)
"""The template or the permission is missing: no other card will fare better."""
THIS_CARD = ("param.cardTemplateIdEmpty", "MissingStringValue", "param.cardDataInvalid", "param.openDeliverModelError")

LINK_CHARS = PIECE_BYTES // 3 - 400
"""Characters of text in an ActionCard, with room for its links."""


class Instances:
    """Sends and changes cards for one app."""

    def __init__(
        self, settings: DingTalkSettings, api: Api, sender: Sender, ladder: Ladder, pictures: Pictures
    ) -> None:
        self._settings = settings
        self._api = api
        self._sender = sender
        self._ladder = ladder
        self._pictures = pictures

    async def send(self, push: Outgoing, body: CardBody) -> Receipt:
        """Tries the rungs from the best down. A rung that failed for good, or failed where the next one worked,
        is left out for a day."""
        body = replace(body, card=await self._pictures.placed(body.card))
        failed: list[tuple[Rung, RungFailed]] = []
        for rung in self._ladder.rungs(body.card, group=bool(push.to.group)):
            try:
                receipt = await self._on(rung, push, body)
            except RungFailed as failure:
                failed.append((rung, failure))
                continue
            except Credentials:
                if (answered := await self._answered(push, body)) is None:
                    raise
                return answered
            self.remember(failed, rung)
            return receipt
        raise DeliveryError("no way of drawing the card was left")  # the last rung never fails this way

    async def update(self, to: Address, body: UpdateBody) -> Receipt:
        """A new state for everybody who sees the card. Raises SentAsWords where nothing can be changed."""
        details = _details(body.receipt)
        rung = Rung(details.get("rung", Rung.TEXT))
        if rung not in CARD_RUNGS:
            raise SentAsWords("这条消息不是互动卡片，钉钉不能修改；已有新内容时请重发")
        track = str(
            details.get("out_track_id") or Track(body.card_key, rung, bool(to.group)).write(to.group or to.user)
        )
        drawn = cards.draw(await self._pictures.placed(body.card), rung, self._settings)
        await self._api.new(
            "PUT",
            "/v1.0/card/instances",
            {
                "outTrackId": track,
                "userIdType": 1,
                "cardData": {"cardParamMap": drawn.params},
                "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
            },
        )
        return Receipt(track, {**details, "left_out": list(drawn.left_out)})

    async def place(self, push: Outgoing, track: str, drawn: Drawn, line: str) -> None:
        """Creates and delivers one card. One that exists already was delivered by an earlier attempt of the same push,
        unless it is noted that it could not be.

        Raises RungFailed where another way of drawing may help, and the typed errors.
        """
        request = {
            "cardTemplateId": drawn.template,
            "outTrackId": track,
            "userIdType": 1,
            "cardData": {"cardParamMap": drawn.params},
            **self._callback(),
            **self._space(push.to, line, push.quiet),
        }
        try:
            answer = await self._api.ask("POST", "/v1.0/card/instances/createAndDeliver", request)
        except ApiError as error:
            if not error.refusal.is_any(ALREADY):
                raise _failure(error.refusal) from error
        else:
            if why := _undelivered(answer):
                await push.notes.keep(track, why)
        if track in push.notes:
            raise RungFailed(push.notes[track], lasting=True)

    def remember(self, failed: Sequence[tuple[Rung, RungFailed]], worked: Rung) -> None:
        """Only now, when a lower rung has reached the same receiver, it is known that the rung was at fault."""
        for rung, failure in failed:
            log.warning("dingtalk.rung_failed", rung=rung.name, reason=str(failure), instead=worked.name)
            if failure.lasting:
                self._ladder.drop(rung, str(failure))

    async def _on(self, rung: Rung, push: Outgoing, body: CardBody) -> Receipt:
        """A card of DingTalk is known by its track; a message is not, so a repeat of one says that it may be one."""
        to = push.to
        if rung in CARD_RUNGS:
            drawn = cards.draw(body.card, rung, self._settings)
            track = Track(body.card_key, rung, bool(to.group)).write(to.group or to.user)
            await self.place(push, track, drawn, cards.summary(body.card))
            return Receipt(track, {"rung": rung.value, "out_track_id": track, "left_out": list(drawn.left_out)})
        words = _words(rung, push, body)
        message = await self._sender.deliver(to, link_card(words))
        return Receipt(message, {"rung": rung.value, "left_out": list(words.left_out)})

    async def _answered(self, push: Outgoing, body: CardBody) -> Receipt | None:
        """Where the app may not call any more (the month's quota, a permission), who has just spoken gets an answer."""
        rung = next(one for one in self._ladder.rungs(body.card, group=bool(push.to.group)) if one not in CARD_RUNGS)
        words = _words(rung, push, body)
        if not await self._sender.answered(push.to, link_card(words)):
            return None
        return Receipt(BY_WEBHOOK, {"rung": rung.value, "left_out": list(words.left_out)})

    def _callback(self) -> dict[str, str]:
        if self._settings.stream:
            return {"callbackType": "STREAM"}
        return {"callbackType": "HTTP", "callbackRouteKey": self._settings.card_route_key}

    def _space(self, to: Address, line: str, quiet: bool) -> dict[str, Any]:
        """Where the card goes. Without lastMessageI18n the chat list shows only that it is a card."""
        model = {
            "supportForward": False,
            "lastMessageI18n": {"ZH_CN": line},
            "notification": {"alertContent": line, "notificationOff": quiet},
        }
        if to.group:
            return {
                "openSpaceId": f"dtv1.card//IM_GROUP.{to.group}",
                "imGroupOpenSpaceModel": model,
                "imGroupOpenDeliverModel": {"robotCode": self._settings.robot},
            }
        return {
            "openSpaceId": f"dtv1.card//IM_ROBOT.{to.user}",
            "imRobotOpenSpaceModel": model,
            "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": self._settings.robot},
        }


def _words(rung: Rung, push: Outgoing, body: CardBody) -> LinkMessage:
    """The card as a message; a repeat of one says that it may be one."""
    card = body.card if push.begun is None else card_perhaps_twice(body.card)
    return cards.as_links(card, body.card_key, rung, LINK_CHARS, group=bool(push.to.group))


def _undelivered(answer: Mapping[str, Any]) -> str:
    """Why the card did not arrive; HTTP 200 with a result that failed happens."""
    results = (answer.get("result") or {}).get("deliverResults") or ()
    failed = [result for result in results if not result.get("success")]
    if not failed and answer.get("success") is False:
        failed = [answer]
    return f"投放失败：{failed[0].get('errorMsg') or '没有说明原因'}" if failed else ""


def _failure(refusal: Refusal) -> DeliveryError:
    if refusal.is_any(LASTING):
        return RungFailed(str(refusal), lasting=True)
    if refusal.is_any(THIS_CARD):
        return RungFailed(str(refusal), lasting=False)
    return error_of(refusal)


def _details(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The details of a receipt, given whole or as its details alone."""
    inner = receipt.get("details")
    return dict(inner if isinstance(inner, Mapping) else receipt)
