"""Doors, lifts and the fire contact as a building's controller runs them; speaks fleet.links.building.

Doors move only on request and never close on anybody. A lift works for one session at a time; its shaft
doors are part of it. Bodies in a cabin change level with it: arrivals() names those rides.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from fleet.links.building import (
    BuildingHello,
    DoorRequest,
    DoorState,
    FireState,
    FromBuilding,
    LiftRelease,
    LiftRequest,
    LiftState,
    ToBuilding,
)
from maps.elements import Door, Lift, Point
from maps.geometry import rotated
from maps.graph import SiteGraph
from simulators.geometry import Segment

Occupied = Callable[[str, Segment], bool]
"""(level, leaf) -> somebody stands in it."""
RIDE_OVERHEAD_S = 2.0
"""Time for a cabin to gather speed and to level."""
CABIN_MARGIN_M = 0.3


@dataclass(slots=True)
class DoorLeaf:
    """open_fraction 0 is closed, 1 open; want is what was requested last."""

    door: Door
    want: str = "closed"
    open_fraction: float = 0.0
    jammed: bool = False
    said: str = ""
    segment: Segment = (0.0, 0.0, 0.0, 0.0)

    @property
    def state(self) -> str:
        if self.jammed and self.want != self._at_end():
            return "stuck"
        return self._at_end() or "moving"

    @property
    def is_passable(self) -> bool:
        return self.open_fraction >= 1.0

    def _at_end(self) -> str:
        return {0.0: "closed", 1.0: "open"}.get(self.open_fraction, "")

    def advance(self, tick_s: float, occupied: Occupied) -> None:
        if self.jammed or self.want == self._at_end():
            return
        closing = self.want == "closed" and not occupied(self.door.level, self.segment)
        step = tick_s / max(0.1, self.door.open_s)
        self.open_fraction = min(1.0, max(0.0, self.open_fraction + (-step if closing else step)))


@dataclass(slots=True)
class Cabin:
    lift: Lift
    level: str
    elevations_m: dict[str, float]
    session: str = ""
    wanted_level: str = ""
    """'' when nothing is asked of it: then it stands with its doors closed."""
    open_fraction: float = 0.0
    riding_to: str = ""
    came_from: str = ""
    """The level before the last ride."""
    ride_left_s: float = 0.0
    dead: bool = False
    recalled: bool = False
    said: LiftState | None = None
    leaves: dict[str, list[Segment]] = field(default_factory=dict)
    """Shaft doors by level."""

    @property
    def doors(self) -> str:
        return {0.0: "closed", 1.0: "open"}.get(self.open_fraction, "moving")

    @property
    def available(self) -> bool:
        return not (self.dead or self.recalled)

    def state(self) -> LiftState:
        return LiftState(
            lift=self.lift.lift_id,
            level=self.level,
            doors=self.doors,
            session=self.session,
            available=self.available,
        )

    def opens_to(self, level: str) -> bool:
        return self.level == level and self.open_fraction >= 1.0 and not self.riding_to

    def contains(self, point: Point, margin_m: float = CABIN_MARGIN_M) -> bool:
        centre = self.lift.center
        across, along = rotated((point[0] - centre[0], point[1] - centre[1]), -self.lift.yaw_rad)
        half_w, half_d = self.lift.width_m / 2.0, self.lift.depth_m / 2.0
        return abs(across) <= half_w + margin_m and abs(along) <= half_d + margin_m

    def advance(self, tick_s: float, occupied: Occupied) -> bool:
        """True when it has just arrived at another level."""
        if self.dead:
            return False
        if self.riding_to:
            return self._ride(tick_s)
        goal = self._goal()
        if goal == self.level or not goal:
            self._move_doors(tick_s, opening=bool(goal) or self._is_barred(occupied))
        elif self.open_fraction > 0.0:
            self._move_doors(tick_s, opening=self._is_barred(occupied))
        else:
            self._set_off(goal)
        return False

    def _goal(self) -> str:
        return self.lift.home_level if self.recalled and self.lift.home_level else self.wanted_level

    def _is_barred(self, occupied: Occupied) -> bool:
        """Somebody stands in the open doorway."""
        leaves = self.leaves.get(self.level, [])
        return self.open_fraction > 0.0 and any(occupied(self.level, leaf) for leaf in leaves)

    def _move_doors(self, tick_s: float, *, opening: bool) -> None:
        step = tick_s / max(0.1, self.lift.door_s)
        self.open_fraction = min(1.0, max(0.0, self.open_fraction + (step if opening else -step)))

    def _set_off(self, goal: str) -> None:
        rise_m = abs(self.elevations_m[goal] - self.elevations_m[self.level])
        self.riding_to = goal
        self.ride_left_s = rise_m / max(0.1, self.lift.speed_mps) + RIDE_OVERHEAD_S

    def _ride(self, tick_s: float) -> bool:
        self.ride_left_s -= tick_s
        if self.ride_left_s > 0.0:
            return False
        self.came_from, self.level, self.riding_to = self.level, self.riding_to, ""
        return True


class Building:
    def __init__(self, graph: SiteGraph) -> None:
        self._lift_doors = dict.fromkeys(
            door for lift in graph.lifts.values() for doors in lift.doors.values() for door in doors
        )
        self.doors = {
            door.door_id: DoorLeaf(door, segment=_segment(door))
            for door in graph.doors.values()
            if door.automatic and door.door_id not in self._lift_doors
        }
        elevations_m = {level.level_id: level.elevation_m for level in graph.levels.values()}
        self.lifts = {
            lift.lift_id: _cabin(lift, elevations_m, graph.doors)
            for lift in graph.lifts.values()
            if lift.cabin_nodes
        }
        self.fire = False
        self._fire_said = False
        self._closed: dict[str, list[Segment]] = {}
        """By level, worked out when asked for; forgotten whenever something moves."""
        self._out: list[FromBuilding] = []

    # -- requests ---------------------------------------------------------------------------------------

    def request(self, message: ToBuilding) -> None:
        """A request for a door or lift that is not there is ignored: a controller has no such point."""
        if isinstance(message, BuildingHello):
            self._out += self.everything()
        elif isinstance(message, DoorRequest):
            self._want(message.door, message.want)
        elif isinstance(message, LiftRequest):
            self._call(message)
        else:
            self._release(message)

    def everything(self) -> list[FromBuilding]:
        """The state of every door and lift and of the fire contact."""
        doors = [DoorState(door=door_id, state=leaf.state) for door_id, leaf in self.doors.items()]
        return [*doors, *(cabin.state() for cabin in self.lifts.values()), FireState(active=self.fire)]

    def _want(self, door_id: str, want: str) -> None:
        leaf = self.doors.get(door_id)
        if leaf is None or want not in ("open", "closed"):
            return
        if want != leaf.want:
            leaf.want = want
            # an answer is due even when the door need not move; the same wish twice needs no second one
            leaf.said = ""

    def _call(self, message: LiftRequest) -> None:
        cabin = self.lifts.get(message.lift)
        if cabin is None or message.level not in cabin.lift.cabin_nodes:
            return
        wish = (message.session, message.level)
        if cabin.session in ("", message.session) and wish != (cabin.session, cabin.wanted_level):
            cabin.session, cabin.wanted_level = wish
            cabin.said = None

    def _release(self, message: LiftRelease) -> None:
        cabin = self.lifts.get(message.lift)
        if cabin is not None and cabin.session == message.session:
            cabin.session, cabin.wanted_level = "", ""

    # -- faults -----------------------------------------------------------------------------------------

    def jam(self, door_id: str, jammed: bool) -> None:
        self.doors[door_id].jammed = jammed

    def kill_lift(self, lift_id: str, dead: bool) -> None:
        self.lifts[lift_id].dead = dead

    def set_fire(self, active: bool) -> None:
        """Lifts go to their home level, open and stay there until the panel is reset."""
        self.fire = active
        for cabin in self.lifts.values():
            cabin.recalled = active

    def push_open(self, door_id: str) -> None:
        """Somebody opens it by hand; left alone it goes back to what was requested."""
        self.doors[door_id].open_fraction = 1.0
        self._closed.clear()

    # -- time passes ------------------------------------------------------------------------------------

    def advance(self, tick_s: float, occupied: Occupied) -> list[Cabin]:
        """Returns the cabins that have just arrived: whoever is in them is at another level now."""
        self._closed.clear()
        for leaf in self.doors.values():
            leaf.advance(tick_s, occupied)
        return [cabin for cabin in self.lifts.values() if cabin.advance(tick_s, occupied)]

    def reports(self) -> list[FromBuilding]:
        """What has changed since the last call."""
        for door_id, leaf in self.doors.items():
            if leaf.state != leaf.said:
                leaf.said = leaf.state
                self._out.append(DoorState(door=door_id, state=leaf.state))
        for cabin in self.lifts.values():
            state = cabin.state()
            if state != cabin.said:
                cabin.said = state
                self._out.append(state)
        if self.fire != self._fire_said:
            self._fire_said = self.fire
            self._out.append(FireState(active=self.fire))
        out, self._out = self._out, []
        return out

    def closed_leaves(self, level: str) -> list[Segment]:
        """What bars the way on a level now: doors and shaft doors that are not open."""
        if level not in self._closed:
            self._closed[level] = self._find_closed(level)
        return self._closed[level]

    def _find_closed(self, level: str) -> list[Segment]:
        leaves = [
            leaf.segment for leaf in self.doors.values() if leaf.door.level == level and not leaf.is_passable
        ]
        for cabin in self.lifts.values():
            if not cabin.opens_to(level):
                leaves += cabin.leaves.get(level, [])
        return leaves

    def cabin_at(self, level: str, point: Point) -> Cabin | None:
        """The cabin around a body: at this level, or just leaving it."""
        for cabin in self.lifts.values():
            if cabin.level == level and cabin.contains(point):
                return cabin
        return None


def _cabin(lift: Lift, elevations_m: dict[str, float], doors: dict[str, Door]) -> Cabin:
    start = lift.home_level or next(iter(lift.cabin_nodes))
    leaves = {
        level: [_segment(doors[door_id]) for door_id in ids if door_id in doors]
        for level, ids in lift.doors.items()
    }
    return Cabin(lift, start, elevations_m, leaves=leaves)


def _segment(door: Door) -> Segment:
    return (*door.start, *door.end)
