"""The runtime's one exception hierarchy. An error's docstring says what happened and what follows from it."""

from __future__ import annotations

from datetime import timedelta


class GenjinError(Exception):
    """Base of every error this product raises on purpose."""


class Refused(GenjinError):
    """A person asked for something that cannot be done. The text is shown to that person as it is."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class NotYours(Refused):
    """The person has no relation to the record that would allow this."""

    def __init__(self, what: str = "这条记录") -> None:
        super().__init__(f"{what}不在你的范围内，所以没有改动。需要的话，请找记录的负责人或主管处理。")


class NotFound(Refused):
    """No such record, or none this person may see; the two are never told apart."""


class DeliveryError(GenjinError):
    """A push did not reach the platform."""


class RetryAfter(DeliveryError):
    """The platform is busy, limits us or did not answer; the same push may be tried again."""

    def __init__(self, reason: str, after: timedelta = timedelta(seconds=2)) -> None:
        super().__init__(reason)
        self.after = after


class Unanswered(RetryAfter):
    """The call left and no answer came back: whether it had its effect is not known."""


class Permanent(DeliveryError):
    """The platform refuses this push for good (bad content, gone message); trying again cannot help."""


class Unreachable(Permanent):
    """The person or group cannot be reached on this platform (left, not visible to the app, bot removed)."""


class CardExpired(Permanent):
    """The platform no longer lets this card be changed; a fresh one has to be sent."""


class SentAsWords(CardExpired):
    """What was sent as a card went out as words (no card could be drawn): there is nothing to change."""


class Credentials(DeliveryError):
    """The platform refuses our credentials; pushes wait until an admin mends them. The text says what to press."""


class InboundRefused(GenjinError):
    """Bytes at a callback that are not the platform's: wrong signature, too old, too large, not decryptable."""

    def __init__(self, reason: str, status: int = 401) -> None:
        super().__init__(reason)
        self.status = status


class MediaRefused(GenjinError):
    """A picture, recording or file that is empty, too large, or not what it says it is. The text is for the sender."""
