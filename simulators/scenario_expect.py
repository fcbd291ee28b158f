"""Reads what a scenario expects."""

from maps.cursor import Cursor
from missions.lifecycle import ENDED, MissionState
from simulators import scenario_words as say
from simulators.coverage import ALERTS
from simulators.scenario import (
    AlertRaised,
    AllStill,
    CountAtEnd,
    Expectation,
    MissionsEnd,
    NobodyIn,
    RobotAt,
)
from simulators.scenario_spots import Spots

KINDS = ("missions", "robot", "alert", "no_robot_in", "all_still", "all_safe", "count")
REFUSED = "refused"
STATES = (*(state.value for state in MissionState), REFUSED)


class Expectations:
    def __init__(
        self, spots: Spots, robots: dict[str, str], labels: dict[str, None], duration_s: float
    ) -> None:
        self._spots = spots
        self._robots = robots
        self._labels = labels
        self._duration_s = duration_s

    def read(self, row: Cursor) -> tuple[Expectation, str]:
        """What is expected, and in words."""
        kind = say.one_key(row.entries(), KINDS, row)
        found: tuple[Expectation, str] = getattr(self, f"_{kind}")(row)
        return found

    def _missions(self, row: Cursor) -> tuple[Expectation, str]:
        fields = row.fields(("missions",), ("end", "within"))
        said = fields["missions"]
        every = not said.is_list() and said.text() == "all"
        labels = (
            () if every else tuple(self._label(item) for item in (said.items() if said.is_list() else [said]))
        )
        ended = (*(state.value for state in ENDED), REFUSED)
        state = fields["end"].one_of(ended, "end") if "end" in fields else MissionState.COMPLETED.value
        within_s = say.positive_seconds(fields["within"]) if "within" in fields else None
        who = ", ".join(labels) or "all missions"
        bound = f" within {within_s:g} s" if within_s is not None else ""
        return MissionsEnd(labels=labels, state=state, within_s=within_s), f"{who}: {state}{bound}"

    def _label(self, cursor: Cursor) -> str:
        return cursor.one_of(self._labels, "mission with the label")

    def _robot(self, row: Cursor) -> tuple[Expectation, str]:
        fields = row.fields(("robot", "at"), ("time", "from", "until"))
        robot_id = fields["robot"].one_of(self._robots, "robot")
        spot = self._spots.read(fields["at"])
        if "time" in fields:
            at_s = self._time(fields["time"])
            return RobotAt(robot_id=robot_id, spot=spot, from_s=at_s, until_s=at_s), (
                f"{robot_id} is at {spot} at {at_s:g} s"
            )
        from_s, until_s = self._window(fields)
        what = RobotAt(robot_id=robot_id, spot=spot, from_s=from_s, until_s=until_s)
        return what, f"{robot_id} is at {spot} between {from_s:g} and {until_s:g} s"

    def _alert(self, row: Cursor) -> tuple[Expectation, str]:
        fields = row.fields(("alert",), ("of", "from", "until"))
        kind = fields["alert"].one_of(ALERTS, "kind of alert")
        subject = fields["of"].text() if "of" in fields else ""
        from_s, until_s = self._window(fields)
        what = AlertRaised(kind=kind, subject=subject, from_s=from_s, until_s=until_s)
        of = f" of {subject}" if subject else ""
        return what, f"alert {kind}{of} between {from_s:g} and {until_s:g} s"

    def _no_robot_in(self, row: Cursor) -> tuple[Expectation, str]:
        fields = row.fields(("no_robot_in",), ("from", "until"))
        spot = self._spots.read(fields["no_robot_in"])
        from_s, until_s = self._window(fields)
        what = NobodyIn(spot=spot, from_s=from_s, until_s=until_s)
        return what, f"no robot in {spot} between {from_s:g} and {until_s:g} s"

    def _all_still(self, row: Cursor) -> tuple[Expectation, str]:
        at_s = self._time(row.fields(("all_still",))["all_still"])
        return AllStill(at_s=at_s), f"every robot stands still and dark at {at_s:g} s"

    def _all_safe(self, row: Cursor) -> tuple[Expectation, str]:
        at_s = self._time(row.fields(("all_safe",))["all_safe"])
        words = f"every robot stands in a hold point, or is named, at {at_s:g} s"
        return AllStill(at_s=at_s, held=True), words

    def _count(self, row: Cursor) -> tuple[Expectation, str]:
        fields = row.fields(("count", "at_least"), ("at_most",))
        state = fields["count"].one_of(STATES, "state")
        least = fields["at_least"].integer()
        most = fields["at_most"].integer() if "at_most" in fields else None
        bound = f" and at most {most}" if most is not None else ""
        return CountAtEnd(state=state, least=least, most=most), f"at least {least}{bound} missions {state}"

    def _time(self, cursor: Cursor) -> float:
        at_s = say.seconds(cursor)
        if at_s > self._duration_s:
            raise cursor.error(f"'{cursor.text()}' is after the end", "make the duration longer")
        return at_s

    def _window(self, fields: dict[str, Cursor]) -> tuple[float, float]:
        from_s = self._time(fields["from"]) if "from" in fields else 0.0
        until_s = self._time(fields["until"]) if "until" in fields else self._duration_s
        if until_s < from_s:
            raise fields["until"].error("is before 'from'", "write a later time")
        return from_s, until_s
