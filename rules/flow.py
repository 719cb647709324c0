"""The flow engine: a definition, a state and an event in, decisions out. Nothing here waits, stores or sends.

    state = begin(flow, payload)                 -> Decisions(state, open=("reply",), …)
    decide(flow, state, Answered("reply", …))    -> Decisions(state, close=("reply",), finished="done", …)

Whoever carries the decisions out resolves owners, keeps the deadlines of opened steps (`rules/ladder.py`), removes
those of closed ones, and pushes what `tell` says. People the ladder has reached may answer too: whether a person may,
is for the caller to check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rules.errors import RulesError
from rules.flow_definition import DONE, PAUSE, REJECT, FlowDef, StepDef

WAITING, OPEN, PAUSED, SKIPPED = "waiting", "open", "paused", "skipped"
RUNNING, REJECTED, CANCELLED = "running", "rejected", "cancelled"
REPORTER, OWNER = "reporter", "owner"

_OVER = (DONE, SKIPPED)
_LIVE = (OPEN, PAUSED)


class NotOpen(RulesError):
    """The step or flow is not waiting for this: it was answered, sent back, paused or cancelled before."""


@dataclass(frozen=True, slots=True)
class StepState:
    """Where a step stands. `round` grows each time it is sent back; `answers` are {owner: choice} of this round."""

    name: str
    status: str = WAITING
    round: int = 1
    owners: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "status": self.status,
            "round": self.round,
            "owners": list(self.owners),
            "answers": dict(self.answers),
        }


@dataclass(frozen=True, slots=True)
class FlowState:
    """Where a flow stands: running, done, rejected or cancelled; `payload` is what was entered so far."""

    steps: tuple[StepState, ...]
    payload: Mapping[str, Any]
    status: str = RUNNING

    def step(self, name: str) -> StepState:
        for step in self.steps:
            if step.name == name:
                return step
        raise NotOpen(f"这个流程没有步骤「{name}」；请从最新的卡片操作")

    def with_step(self, changed: StepState) -> FlowState:
        return replace(self, steps=tuple(changed if step.name == changed.name else step for step in self.steps))

    def with_owners(self, name: str, owners: Iterable[str]) -> FlowState:
        """The same state once the people behind a step's owner expressions are known. Needed for mode "all"."""
        return self.with_step(replace(self.step(name), owners=tuple(owners)))

    def live(self) -> tuple[str, ...]:
        """Steps that somebody has to do something about: open or paused."""
        return tuple(step.name for step in self.steps if step.status in _LIVE)

    def to_dict(self) -> dict[str, Any]:
        """A JSON value, provided the payload is one."""
        return {
            "steps": [step.to_dict() for step in self.steps],
            "payload": dict(self.payload),
            "status": self.status,
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> FlowState:
        steps = tuple(StepState(**step | {"owners": tuple(step["owners"])}) for step in plain["steps"])
        return cls(steps, plain["payload"], plain["status"])


@dataclass(frozen=True, slots=True)
class Answered:
    """An owner chose. `owner` is whom a substitute answered for, if not `by` themselves."""

    step: str
    choice: str
    by: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Supplied:
    """What was asked for has been added; the paused step goes on."""

    step: str
    by: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The flow is no longer wanted."""

    by: str


Event = Answered | Supplied | Withdrawn


@dataclass(frozen=True, slots=True)
class Tell:
    """Whom to push something to: `to` is reporter, owner (of `step`) or an owner expression; `about` is a text key."""

    to: str
    about: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What follows from an event.

    `open`: clocks to start, owners to resolve. `pause`, `resume`: clocks to stop and go on. `close`: steps that are
    over or called off, their deadlines go. `finished`: done, rejected, cancelled, or None while it runs.
    """

    state: FlowState
    open: tuple[str, ...] = ()
    pause: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    close: tuple[str, ...] = ()
    finished: str | None = None
    tell: tuple[Tell, ...] = ()


def begin(flow: FlowDef, payload: Mapping[str, Any]) -> Decisions:
    """Opens the steps that wait for nothing. A flow whose every step is skipped is done at once."""
    return _advance(flow, FlowState(tuple(StepState(step.name) for step in flow.steps), dict(payload)))


def decide(flow: FlowDef, state: FlowState, event: Event) -> Decisions:
    """What follows when `event` happens in `state`.

    Raises:
        NotOpen: the flow is over or the step is not waiting for this event.
        BadFlow: the step has no such choice.
    """
    if state.status != RUNNING:
        raise NotOpen("这个流程已经结束，不再接受操作；需要的话请重新发起")
    match event:
        case Answered():
            return _answered(flow, state, event)
        case Supplied():
            return _supplied(flow, state, event)
        case Withdrawn():
            return _end(state, CANCELLED)


def _answered(flow: FlowDef, state: FlowState, event: Answered) -> Decisions:
    step, definition = state.step(event.step), flow.step(event.step)
    if step.status != OPEN:
        raise NotOpen(f"「{definition.title}」现在不等答复（{_said(step.status)}）；请看最新的卡片")
    choice = definition.choice(event.choice)
    answers = {**step.answers, event.owner or event.by: choice.name}
    state = replace(state, payload={**state.payload, **event.fields}).with_step(replace(step, answers=answers))
    if choice.outcome == PAUSE:
        return _paused(state, definition)
    if choice.outcome == REJECT:
        return _end(state, REJECTED, Tell(REPORTER, "rejected", event.step))
    if choice.target is not None:
        return _sent_back(flow, state, event.step, choice.target)
    if definition.mode == "all" and not _all_settled(definition, step.owners, answers):
        return Decisions(state, tell=(Tell(REPORTER, "answered_in_part", event.step),))
    state = state.with_step(replace(state.step(event.step), status=DONE))
    return _merge(_advance(flow, state), close=(event.step,), tell=(Tell(REPORTER, "answered", event.step),))


def _all_settled(step: StepDef, owners: tuple[str, ...], answers: Mapping[str, str]) -> bool:
    if not owners:
        raise NotOpen(f"「{step.title}」的负责人还没有确定；请管理员检查 {'、'.join(step.owners)}")
    return all(owner in answers and step.choice(answers[owner]).outcome == DONE for owner in owners)


def _paused(state: FlowState, step: StepDef) -> Decisions:
    state = state.with_step(replace(state.step(step.name), status=PAUSED))
    return Decisions(state, pause=(step.name,), tell=(Tell(step.resume_by, "asked", step.name),))


def _supplied(flow: FlowDef, state: FlowState, event: Supplied) -> Decisions:
    step = state.step(event.step)
    if step.status != PAUSED:
        raise NotOpen(f"「{flow.step(event.step).title}」没有在等补充（{_said(step.status)}）；请看最新的卡片")
    state = replace(state, payload={**state.payload, **event.fields}).with_step(replace(step, status=OPEN))
    return Decisions(state, resume=(event.step,), tell=(Tell(OWNER, "supplied", event.step),))


def _sent_back(flow: FlowDef, state: FlowState, origin: str, target: str) -> Decisions:
    """The target starts its next round; every step after it waits again."""
    again = flow.downstream(target) | {origin, target}
    called_off = tuple(name for name in state.live() if name in again)
    for step in state.steps:
        if step.name in again:
            nth = step.round + (step.status != WAITING)
            state = state.with_step(replace(step, status=WAITING, round=nth, owners=(), answers={}))
    others = tuple(Tell(OWNER, "called_off", name) for name in called_off if name != origin)
    told = (Tell(REPORTER, "sent_back", target), *others)
    return _merge(_advance(flow, state), close=called_off, tell=told)


def _end(state: FlowState, status: str, *first: Tell) -> Decisions:
    called_off = state.live()
    for name in called_off:
        state = state.with_step(replace(state.step(name), status=CANCELLED))
    spoken = {tell.step for tell in first}
    others = tuple(Tell(OWNER, "called_off", name) for name in called_off if name not in spoken)
    return Decisions(replace(state, status=status), close=called_off, finished=status, tell=(*first, *others))


def _advance(flow: FlowDef, state: FlowState) -> Decisions:
    """Opens or skips what is no longer waiting for anything, until nothing moves."""
    opened: list[str] = []
    moved = True
    while moved:
        moved = False
        for step in state.steps:
            ready = all(state.step(name).status in _OVER for name in flow.prerequisites(step.name))
            if step.status == WAITING and ready:
                needed = _needed(flow.step(step.name), state)
                state = state.with_step(replace(step, status=OPEN if needed else SKIPPED))
                opened += [step.name] if needed else []
                moved = True
    told = tuple(Tell(OWNER, "opened", name) for name in opened)
    if all(step.status in _OVER for step in state.steps):
        finished = replace(state, status=DONE)
        return Decisions(finished, tuple(opened), finished=DONE, tell=(*told, Tell(REPORTER, "finished")))
    return Decisions(state, tuple(opened), tell=told)


def _needed(step: StepDef, state: FlowState) -> bool:
    return step.when is None or step.when.holds(state.payload)


def _merge(decisions: Decisions, *, close: tuple[str, ...], tell: tuple[Tell, ...]) -> Decisions:
    return replace(decisions, close=close, tell=(*tell, *decisions.tell))


def _said(status: str) -> str:
    names = {WAITING: "还没轮到", OPEN: "正在等答复", PAUSED: "在等补充信息", DONE: "已完成", SKIPPED: "不需要"}
    return names.get(status, "已撤销")
