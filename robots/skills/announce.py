"""announce: say and show a text, and stay until it has been said.

params: text_en, text_zh, announce_s (5). Result: announce_s.
"""

from enum import Enum

from robots.drivers.base import Announce
from robots.protocol import Action
from robots.skills.base import Begin, Commands, Skill, SkillEvent, number, words
from robots.tables import Table


class AnnounceState(Enum):
    WAITING = "waiting"
    SPEAKING = "speaking"
    FINISHED = "finished"
    FAILED = "failed"


ANNOUNCE = Table(
    name="announce",
    states=AnnounceState,
    rows=(
        ("begin", (AnnounceState.WAITING,), AnnounceState.SPEAKING),
        ("finish", (AnnounceState.SPEAKING,), AnnounceState.FINISHED),
        ("fail", (AnnounceState.WAITING, AnnounceState.SPEAKING), AnnounceState.FAILED),
    ),
)


class AnnounceSkill(Skill):
    table = ANNOUNCE

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        self._announce_s = number(action.params, "announce_s", 5.0, 0.0, 600.0)
        self._texts = words(action.params, "Please note.", "请注意。")

    def _take(self, event: SkillEvent, now_s: float) -> Commands:
        if isinstance(event, Begin):
            return (*self._go("begin", now_s + self._announce_s), Announce(texts=self._texts))
        return ()

    def _expire(self, now_s: float) -> Commands:
        return self._finish(announce_s=self._announce_s)
