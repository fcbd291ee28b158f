"""Who decides about the robot now: the mode machine, fed by people's instant actions and the body's faults.

It only decides the mode; what follows for wheels and skills is the agent's.
"""

from robots.lifecycle import MODE, Mode
from robots.tables import Rules

MANUAL_CODE = "manual"
"""BodyFault code by which a body says that a person steers it."""
HARMLESS_CODES = ("camera_failed", "speaker_failed", "display_failed", "tank_low", "lamp_worn", "weak_signal")
"""BodyFaults that are reported and stop nothing. Every other code stops the robot until it is cleared."""


class ModeKeeper:
    def __init__(self, asked: str) -> None:
        self._rules = Rules(MODE)
        self._state = Mode.AUTONOMOUS
        self._stopping: dict[str, str] = {}
        self._manual = False
        self.asked = asked
        """What people asked for last: autonomous, paused or stopped; survives a restart."""
        self.pause_due = asked == "paused"
        """A pause that waits for may_pause()."""
        if asked == "stopped":
            self._fire("stop")

    @property
    def mode(self) -> Mode:
        return self._state

    @property
    def why(self) -> str:
        """The body's stopping faults, for people."""
        return "; ".join(self._stopping.values())

    def pause(self) -> None:
        """It takes effect at the next settle()."""
        if self.asked != "stopped":
            self.asked = "paused"
            self.pause_due = True

    def resume(self) -> str:
        """Why it cannot be resumed; '' when it is."""
        if self._stopping:
            return f"it cannot resume: {self.why}"
        if self._manual:
            return "it cannot resume: a person steers it by hand"
        self.asked, self.pause_due = "autonomous", False
        if self._state in (Mode.PAUSED, Mode.STOPPED):
            self._fire("resume")
        return ""

    def stop(self) -> None:
        self.asked, self.pause_due = "stopped", False
        if self._state is not Mode.STOPPED:
            self._fire("stop")

    def fault(self, code: str, message: str) -> None:
        if code == MANUAL_CODE:
            self._manual = True
            if self._state in (Mode.AUTONOMOUS, Mode.PAUSED):
                self._fire("take_over")
        elif code not in HARMLESS_CODES:
            self._stopping[code] = message
            if self._state in (Mode.AUTONOMOUS, Mode.PAUSED, Mode.MANUAL):
                self._fire("break_down")

    def clear(self, code: str) -> None:
        if code == MANUAL_CODE:
            self._hand_back()
        elif self._stopping.pop(code, None) is not None and not self._stopping and self._state is Mode.FAULT:
            self._recover()

    def settle(self, may_pause: bool) -> None:
        """Carry out a pause that was asked for, once it may be."""
        if self.pause_due and may_pause and self._state is Mode.AUTONOMOUS:
            self.pause_due = False
            self._fire("pause")

    def _hand_back(self) -> None:
        if self._manual and self.asked != "stopped":
            self.asked = "paused"  # a person let go of it: a person sends it on
        self._manual = False
        if self._state is Mode.MANUAL:
            self._fire("hand_back")

    def _recover(self) -> None:
        self._fire("recover_paused" if self.asked == "paused" or self._manual else "recover")
        if self._manual:
            self._fire("take_over")
        self.pause_due = False

    def _fire(self, trigger: str) -> None:
        state = self._rules.advance(self._state, trigger)
        assert isinstance(state, Mode)
        self._state = state
