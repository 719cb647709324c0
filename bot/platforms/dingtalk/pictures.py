"""Pictures on cards: uploaded once, then named by the media id that DingTalk's markdown shows as an image."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable

import structlog

from bot.errors import Permanent
from bot.platforms.dingtalk.api import Api
from bot.platforms.media import sniff
from cards.model import Block, Card, Picture

log = structlog.get_logger(__name__)

Attachment = Callable[[str], Awaitable[bytes]]
"""The bytes behind an attachment key. Raises KeyError for an unknown one."""

TYPES = frozenset({"image/jpeg", "image/gif", "image/png", "image/bmp"})
MOST_BYTES = 20 * 1024 * 1024
REMEMBERED = 2000


class Pictures:
    """Puts media ids in the place of attachment keys."""

    def __init__(self, api: Api, attachment: Attachment | None) -> None:
        self._api = api
        self._attachment = attachment
        self._known: OrderedDict[str, str] = OrderedDict()

    async def placed(self, card: Card) -> Card:
        """`card` with its pictures uploaded. One that cannot be shown keeps its key and is drawn as its words.

        Raises RetryAfter and Credentials as every call.
        """
        if self._attachment is None or not any(isinstance(block, Picture) for block in card.blocks):
            return card
        return card.model_copy(update={"blocks": tuple([await self._placed(block) for block in card.blocks])})

    async def _placed(self, block: Block) -> Block:
        if not isinstance(block, Picture):
            return block
        media = self._known.get(block.attachment) or await self._upload(block.attachment)
        return block.model_copy(update={"attachment": media}) if media else block

    async def _upload(self, key: str) -> str:
        """A media id, or "" for what DingTalk does not show."""
        assert self._attachment is not None
        try:
            content = await self._attachment(key)
        except KeyError:
            log.warning("dingtalk.picture_missing", attachment=key)
            return ""
        found = sniff(content)
        if found.mime not in TYPES or len(content) > MOST_BYTES:
            return ""
        try:
            media = await self._api.upload("image", f"picture{found.extension}", found.mime, content)
        except Permanent as refused:
            log.warning("dingtalk.picture_refused", attachment=key, reason=str(refused))
            return ""
        self._known[key] = media
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return media
