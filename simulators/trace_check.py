"""A judge that knows nothing but a trace: `python -m simulators.trace_check FILE`.

Checks that no two footprints overlap, that a lift works for one robot and only it is inside, and that no
lamp is lit for more than 0.2 s with a person in its room. Imports nothing of the fleet or the simulation:
only the lines' shapes. Ends with 1 when something is wrong, with 2 when the file is no trace.
"""

import math
import sys
from collections.abc import Iterable, Iterator
from itertools import combinations, groupby
from pathlib import Path

import msgspec

from simulators import trace_lines as line
from simulators.trace_lines import AnyLine

LIT_S = 0.2
INSIDE_M = 0.3
"""A robot whose middle is this far inside a cabin rides in it."""
TOUCH_M = 0.002
"""Figures in the file are rounded to the millimetre."""


class TraceError(ValueError):
    """The file is no trace; the message names the line and the fix."""


def read(lines: Iterable[bytes]) -> Iterator[AnyLine]:
    """Raises TraceError."""
    decoder: msgspec.json.Decoder[AnyLine] = msgspec.json.Decoder(AnyLine)
    number = 0
    for number, text in enumerate(lines, 1):
        try:
            entry = decoder.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise TraceError(f"line {number} is no line of a trace ({error}); write it again") from error
        if (number == 1) != isinstance(entry, line.Header):
            raise TraceError(f"line {number}: a trace begins with its one header; write it again")
        yield entry
    if number == 0:
        raise TraceError("the file is empty; write it again with --trace FILE")


def check(lines: Iterable[AnyLine]) -> list[str]:
    """A sentence for each thing that is wrong, said once for as long as it lasts."""
    entries = iter(lines)
    header = next(entries)
    assert isinstance(header, line.Header)
    judge = _Judge(header)
    for t_s, together in groupby(entries, key=lambda entry: entry.t_s):
        judge.instant(t_s, together)
    return judge.faults


class _Judge:
    """Takes all lines of one time together: at that time all of them are so."""

    def __init__(self, header: line.Header) -> None:
        self.faults: list[str] = []
        self._step_s = header.step_s
        self._radius_m = {robot.robot: robot.radius_m for robot in header.robots}
        self._shafts = {shaft.lift: shaft for shaft in header.lifts}
        self._rooms = header.rooms
        self._poses: dict[str, line.Pose] = {}
        self._lifts: dict[str, line.Lift] = {}
        self._lit: dict[str, bool] = {}
        self._people: dict[str, line.Person] = {}
        self._since_s: dict[str, float] = {}
        self._last_s = 0.0
        self._open: dict[str, str] = {}

    def instant(self, t_s: float, together: Iterable[AnyLine]) -> None:
        if t_s < self._last_s:
            self.faults.append(f"{t_s:.3f} s: time goes back, from {self._last_s:.3f} s")
        self._last_s = t_s
        for entry in together:
            self._learn(entry)
        found = dict((*self._overlaps(), *self._strangers(), *self._burns(t_s)))
        self.faults += [f"{t_s:.3f} s: {said}" for key, said in found.items() if key not in self._open]
        self._open = found

    def _learn(self, entry: AnyLine) -> None:
        if isinstance(entry, line.Pose):
            self._poses[entry.robot] = entry
        elif isinstance(entry, line.Lift):
            self._lifts[entry.lift] = entry
        elif isinstance(entry, line.Lamp):
            self._lit[entry.robot] = entry.lit
        elif isinstance(entry, line.Person):
            self._people[entry.person] = entry

    def _overlaps(self) -> Iterator[tuple[str, str]]:
        for one, other in combinations(self._poses.values(), 2):
            gap_m = math.dist((one.x_m, one.y_m), (other.x_m, other.y_m))
            need_m = self._radius_m.get(one.robot, 0.0) + self._radius_m.get(other.robot, 0.0)
            if one.level == other.level and gap_m < need_m - TOUCH_M:
                yield (
                    f"overlap {one.robot} {other.robot}",
                    f"{one.robot} and {other.robot} overlap: {gap_m:.3f} m apart on {one.level}, "
                    f"{need_m:.3f} m needed",
                )

    def _strangers(self) -> Iterator[tuple[str, str]]:
        for lift in self._lifts.values():
            shaft = self._shafts[lift.lift]
            for pose in self._poses.values():
                if pose.level == lift.level and _in_cabin(shaft, pose) and pose.robot != lift.session:
                    works_for = lift.session or "nobody"
                    yield (
                        f"lift {lift.lift} {pose.robot}",
                        f"{pose.robot} is in {lift.lift}, which works for {works_for}",
                    )

    def _burns(self, t_s: float) -> Iterator[tuple[str, str]]:
        for robot, lit in self._lit.items():
            who = self._beside(self._poses[robot]) if lit and robot in self._poses else ""
            since_s = self._since_s.get(robot)
            lasted_s = t_s - since_s if since_s is not None else 0.0
            if who:
                self._since_s.setdefault(robot, t_s)
            else:
                self._since_s.pop(robot, None)
            # what has just ended may have ended at any time of the last step
            if lasted_s > LIT_S + (0.0 if who else self._step_s):
                who = who or "a person"
                yield f"lamp {robot}", f"{robot}'s lamp is lit for {lasted_s:.2f} s with {who} in the room"

    def _beside(self, pose: line.Pose) -> str:
        for room in self._rooms:
            if room.level == pose.level and _inside((pose.x_m, pose.y_m), room.polygon):
                for person in self._people.values():
                    at = (person.x_m, person.y_m)
                    if person.present and person.level == room.level and _inside(at, room.polygon):
                        return person.person
        return ""


def _in_cabin(shaft: line.Shaft, pose: line.Pose) -> bool:
    east_m, north_m = pose.x_m - shaft.x_m, pose.y_m - shaft.y_m
    cosine, sine = math.cos(shaft.yaw_rad), math.sin(shaft.yaw_rad)
    across_m, along_m = east_m * cosine + north_m * sine, north_m * cosine - east_m * sine
    return abs(across_m) <= shaft.width_m / 2 - INSIDE_M and abs(along_m) <= shaft.depth_m / 2 - INSIDE_M


def _inside(point: tuple[float, float], polygon: tuple[tuple[float, float], ...]) -> bool:
    x, y = point
    found = False
    for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            found = not found
    return found


def main(words: list[str]) -> int:
    if len(words) != 1:
        sys.stderr.write("Usage: python -m simulators.trace_check FILE\n")
        return 2
    try:
        with Path(words[0]).open("rb") as file:
            faults = check(read(file))
    except (OSError, TraceError) as error:
        sys.stderr.write(f"{words[0]}: {error}\n")
        return 2
    sys.stdout.write("".join(f"{fault}\n" for fault in faults) or "nothing wrong\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
