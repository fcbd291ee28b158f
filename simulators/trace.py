"""Writes what really happened in a closed loop as JSON lines (simulators.trace_lines), for a judge outside.

Everything but cells and missions is read from the world, not from what the orchestrator believes.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from fleet.core.commands import AnyCommand
from fleet.core.orchestrator import Orchestrator
from fleet.core.state import MissionRecord, Record
from maps.elements import Room
from maps.geometry import inside
from maps.graph import SiteGraph
from robots.protocol import Factsheet
from simulators import trace_lines as line
from simulators.body import Body
from simulators.closed_loop import ClosedLoop, Outcome
from simulators.control_room import Watcher
from simulators.people import Person
from simulators.trace_lines import AnyLine

PERSON_STEP_M = 0.5
DIGITS = 3


class Watchers:
    """Several that watch one control room (simulators.control_room.Watcher)."""

    def __init__(self, *watchers: Watcher | None) -> None:
        self._watchers = [watcher for watcher in watchers if watcher is not None]

    def performed(self, command: AnyCommand) -> None:
        for watcher in self._watchers:
            watcher.performed(command)

    def changed(self, records: Sequence[Record]) -> None:
        for watcher in self._watchers:
            watcher.changed(records)

    def stepped(self) -> None:
        for watcher in self._watchers:
            watcher.stepped()

    def recovered(self, fresh: Orchestrator, lived: Orchestrator) -> None:
        for watcher in self._watchers:
            watcher.recovered(fresh, lived)


class Tracer:
    """Attach it before the run begins; end() after it. Implements simulators.control_room.Watcher."""

    def __init__(self, loop: ClosedLoop, out: BinaryIO, step_s: float) -> None:
        self._loop = loop
        self._out = out
        self._encoder = msgspec.json.Encoder()
        self._said: dict[tuple[str, ...], AnyLine] = {}
        """By kind and subject, the latest line: what has not changed is not said again."""
        self._people: dict[str, tuple[line.Person, str]] = {}
        self._rooms = Rooms(loop.world.graph)
        self._troubles = 0
        self._version = -1
        self._write(_header(loop, step_s))
        loop.after_tick.append(self._look)
        # before the judge, so that what it objects to is in the file
        loop.room.watcher = Watchers(self, loop.room.watcher)

    def fault(self, said: str) -> None:
        """Something is made to go wrong now."""
        self._write(line.Fault(t_s=self._now_s, said=said))

    def end(self, violation: str) -> None:
        self._look()
        self._write(line.End(t_s=self._now_s, violation=violation))

    @property
    def _now_s(self) -> float:
        return round(self._loop.elapsed_s, DIGITS)

    def _write(self, entry: AnyLine) -> None:
        self._out.write(self._encoder.encode(entry) + b"\n")

    def _say(self, entry: AnyLine, *key: str) -> None:
        """Unless nothing but the time differs from what was said last about this subject."""
        before = self._said.get(key)
        if before is None or msgspec.structs.replace(before, t_s=entry.t_s) != entry:
            self._said[key] = entry
            self._write(entry)

    # -- the world -------------------------------------------------------------------------------------

    def _look(self) -> None:
        now_s = self._now_s
        log = self._loop.trouble.log if self._loop.trouble is not None else []
        for said in log[self._troubles :]:
            self.fault(said)
        self._troubles = len(log)
        self._say(line.Orchestrator(t_s=now_s, up=self._loop.room.is_up), "orchestrator")
        self._look_at_building(now_s)
        for body in self._loop.world.bodies.values():
            self._look_at_body(body, now_s)
        self._look_at_people(now_s)

    def _look_at_building(self, now_s: float) -> None:
        building = self._loop.world.building
        for door_id, leaf in building.doors.items():
            door = line.Door(
                t_s=now_s,
                door=door_id,
                open_fraction=round(leaf.open_fraction, DIGITS),
                want=leaf.want,
                jammed=leaf.jammed,
            )
            self._say(door, "door", door_id)
        for lift_id, cabin in building.lifts.items():
            lift = line.Lift(
                t_s=now_s,
                lift=lift_id,
                level=cabin.level,
                riding_to=cabin.riding_to,
                open_fraction=round(cabin.open_fraction, DIGITS),
                session=cabin.session,
                available=cabin.available,
            )
            self._say(lift, "lift", lift_id)

    def _look_at_body(self, body: Body, now_s: float) -> None:
        name = body.robot_id
        self._say(_pose(body, now_s), "pose", name)
        self._say(line.Power(t_s=now_s, robot=name, on=body.powered), "power", name)
        self._say(line.Lamp(t_s=now_s, robot=name, lit=body.is_lit), "lamp", name)
        for device, value in body.devices.items():
            if device != "lamp":
                entry = line.Device(t_s=now_s, robot=name, device=device, value=value)
                self._say(entry, "device", name, device)

    def _look_at_people(self, now_s: float) -> None:
        here = {person.person_id: person for person in self._loop.world.crowd.persons()}
        for person_id, (last, _) in tuple(self._people.items()):
            if person_id not in here:
                del self._people[person_id]
                self._write(msgspec.structs.replace(last, t_s=now_s, present=False))
        for person in here.values():
            self._look_at_person(person, now_s)

    def _look_at_person(self, person: Person, now_s: float) -> None:
        room = self._rooms.at(person.level, person.point)
        last, last_room = self._people.get(person.person_id, (None, ""))
        if last is not None and last.level == person.level and room == last_room:
            gone_m = math.dist((last.x_m, last.y_m), person.point)
            if gone_m < PERSON_STEP_M:
                return
        entry = line.Person(
            t_s=now_s,
            person=person.person_id,
            role=person.role,
            level=person.level,
            x_m=round(person.x_m, DIGITS),
            y_m=round(person.y_m, DIGITS),
        )
        self._people[person.person_id] = (entry, room)
        self._write(entry)

    # -- the control room ------------------------------------------------------------------------------

    def performed(self, command: AnyCommand) -> None:
        """Commands show in what follows from them."""

    def changed(self, records: Sequence[Record]) -> None:
        for record in records:
            if isinstance(record, MissionRecord):
                self._mission(record)

    def _mission(self, record: MissionRecord) -> None:
        mission_id = record.mission.mission_id
        before = self._said.get(("mission", mission_id))
        entry = line.Mission(
            t_s=self._now_s,
            mission=mission_id,
            template=record.mission.template,
            state=record.state.value,
            robot=record.robot,
            because=record.because,
        )
        known = isinstance(before, line.Mission)
        if not known or (before.state, before.robot) != (entry.state, entry.robot):  # type: ignore[union-attr]
            self._say(entry, "mission", mission_id)

    def stepped(self) -> None:
        core = self._loop.room.core
        if core is None:
            return
        stop = line.Stop(t_s=self._now_s, stopped=core.state.stopped, fire=core.state.fire)
        self._say(stop, "stop")
        if core.traffic.state.version != self._version:
            self._version = core.traffic.state.version
            for robot_id in core.traffic.state.plans:
                held = tuple(core.traffic.held(robot_id))
                self._say(line.Cells(t_s=self._now_s, robot=robot_id, held=held), "cells", robot_id)

    def recovered(self, fresh: Orchestrator, lived: Orchestrator) -> None:
        self._version = -1


class Rooms:
    """Which room a point lies in; boxes before outlines, because most rooms are nowhere near."""

    def __init__(self, graph: SiteGraph) -> None:
        self._by_level: dict[str, list[tuple[Room, float, float, float, float]]] = {}
        for room in graph.rooms.values():
            xs, ys = zip(*room.polygon, strict=True)
            boxed = (room, min(xs), max(xs), min(ys), max(ys))
            self._by_level.setdefault(room.level, []).append(boxed)

    def at(self, level: str, point: tuple[float, float]) -> str:
        x, y = point
        for room, left, right, low, high in self._by_level.get(level, []):
            if left <= x <= right and low <= y <= high and inside(point, room.polygon):
                return room.room_id
        return ""


def run_traced(loop: ClosedLoop, path: Path, step_s: float) -> Outcome:
    """The loop's whole run with its trace in a file. Raises OSError for one that cannot be written."""
    with path.open("wb") as file:
        tracer = Tracer(loop, file, step_s)
        outcome = loop.run()
        wrong = outcome.violation
        tracer.end(f"{wrong.invariant} at {wrong.at_s:.2f} s: {wrong.story}" if wrong is not None else "")
    return outcome


def _header(loop: ClosedLoop, step_s: float) -> line.Header:
    graph = loop.world.graph
    return line.Header(
        t_s=0.0,
        version=line.VERSION,
        site=graph.site.site_id,
        site_digest=graph.content_hash(),
        seed=loop.seed,
        start_s=loop.schedule.now_s,
        step_s=step_s,
        robots=tuple(_footprint(name, robot.facts) for name, robot in loop.robots.items()),
        lifts=tuple(_shafts(graph)),
        rooms=tuple(
            line.Outline(room=room.room_id, level=room.level, polygon=room.polygon)
            for room in graph.rooms.values()
        ),
    )


def _footprint(robot_id: str, facts: Factsheet) -> line.Footprint:
    return line.Footprint(robot=robot_id, model=facts.model, family=facts.family, radius_m=facts.radius_m)


def _shafts(graph: SiteGraph) -> Iterator[line.Shaft]:
    for lift in graph.lifts.values():
        if lift.cabin_nodes:
            yield line.Shaft(
                lift=lift.lift_id,
                levels=tuple(lift.cabin_nodes),
                x_m=lift.center[0],
                y_m=lift.center[1],
                width_m=lift.width_m,
                depth_m=lift.depth_m,
                yaw_rad=lift.yaw_rad,
            )


def _pose(body: Body, now_s: float) -> line.Pose:
    mover = body.mover
    return line.Pose(
        t_s=now_s,
        robot=body.robot_id,
        level=mover.level,
        x_m=round(mover.x_m, DIGITS),
        y_m=round(mover.y_m, DIGITS),
        yaw_rad=round(mover.yaw_rad, DIGITS),
        speed_mps=round(mover.speed_mps, DIGITS),
    )
