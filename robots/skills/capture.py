"""capture and dwell: stand at a checkpoint and take its picture, or only stand there.

capture params: dwell_s (2, stand before the picture). Result: image (the tag of the frame), dwell_s.
dwell params: dwell_s (5). Result: dwell_s.
"""

from enum import Enum

from robots.drivers.base import Capture as TakePicture
from robots.drivers.base import Frame
from robots.protocol import Action
from robots.skills.base import Begin, Commands, Skill, SkillEvent, number
from robots.tables import Table

FRAME_TIMEOUT_S = 5.0
"""A camera answers within a frame or two; later than this it is broken."""


class CaptureState(Enum):
    WAITING = "waiting"
    DWELLING = "dwelling"
    CAPTURING = "capturing"
    FINISHED = "finished"
    FAILED = "failed"


CAPTURE = Table(
    name="capture",
    states=CaptureState,
    rows=(
        ("begin", (CaptureState.WAITING,), CaptureState.DWELLING),
        ("steady", (CaptureState.DWELLING,), CaptureState.CAPTURING),
        ("finish", (CaptureState.CAPTURING,), CaptureState.FINISHED),
        (
            "fail",
            (CaptureState.WAITING, CaptureState.DWELLING, CaptureState.CAPTURING),
            CaptureState.FAILED,
        ),
    ),
)


class CaptureSkill(Skill):
    table = CAPTURE

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        self._dwell_s = number(action.params, "dwell_s", 2.0, 0.0, 3600.0)

    def _take(self, event: SkillEvent, now_s: float) -> Commands:
        if isinstance(event, Begin):
            return self._go("begin", now_s + self._dwell_s)
        ours = isinstance(event, Frame) and event.tag == self.action.action_id
        if ours and self._state is CaptureState.CAPTURING:
            return self._finish(image=self.action.action_id, dwell_s=self._dwell_s)
        return ()

    def _expire(self, now_s: float) -> Commands:
        if self._state is CaptureState.DWELLING:
            changed = self._go("steady", now_s + FRAME_TIMEOUT_S)
            return (*changed, TakePicture(tag=self.action.action_id))
        return self._fail(f"no picture came within {FRAME_TIMEOUT_S:g} s: look at the camera")


class DwellState(Enum):
    WAITING = "waiting"
    DWELLING = "dwelling"
    FINISHED = "finished"
    FAILED = "failed"


DWELL = Table(
    name="dwell",
    states=DwellState,
    rows=(
        ("begin", (DwellState.WAITING,), DwellState.DWELLING),
        ("finish", (DwellState.DWELLING,), DwellState.FINISHED),
        ("fail", (DwellState.WAITING, DwellState.DWELLING), DwellState.FAILED),
    ),
)


class DwellSkill(Skill):
    table = DWELL

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        self._dwell_s = number(action.params, "dwell_s", 5.0, 0.0, 86400.0)

    def _take(self, event: SkillEvent, now_s: float) -> Commands:
        return self._go("begin", now_s + self._dwell_s) if isinstance(event, Begin) else ()

    def _expire(self, now_s: float) -> Commands:
        return self._finish(dwell_s=self._dwell_s)
