"""What people want from a simulated fleet: missions of all families from a seed, PINs, second thoughts.

An asker keeps asking with the same request key until it has an answer, as a careful client does.
"""

import random
from collections.abc import Callable

from fleet.core.events import AnyEvent, MissionConfirmed, MissionRequested
from fleet.core.state import MissionRecord, State
from maps.elements import NodeKind, Place, RoomKind
from maps.graph import SiteGraph
from missions.mission import Mission, TaskState
from missions.templates import TemplateCatalogue
from simulators.schedule import Schedule

Submit = Callable[[AnyEvent], bool]
"""False: nobody took it (the orchestrator is down)."""

ASK_AGAIN_S = 5.0
PIN_S = (2.0, 6.0)
WRONG_PIN = 0.1
"""Share of PINs that are mistyped at the first try."""
DOSES_MJ_CM2 = (1.0, 2.0)
"""Small, so that an exposure takes a minute or two."""
NOT_FOR_PEOPLE = (NodeKind.CHARGER, NodeKind.PARKING, NodeKind.HOLD_POINT)


class Wishes:
    """Endless requests; the same seed wishes for the same things."""

    def __init__(self, graph: SiteGraph, catalogue: TemplateCatalogue, rng: random.Random) -> None:
        self._graph = graph
        self._catalogue = catalogue
        self._rng = rng
        kinds = [kind.value for kind in NOT_FOR_PEOPLE]
        self._places = [place for place in graph.places.values() if place.kind not in kinds]
        self._rooms = [
            place for place in self._places if place.room == place.place_id and _is_for_lamps(graph, place)
        ]
        self._makers: list[Callable[[], Mission]] = [self._deliver, self._patrol, self._guide, self._go]
        if self._rooms:
            self._makers.append(self._disinfect)

    def next(self, rng: random.Random | None = None) -> Mission:
        """rng: this wish's own generator; without one, the next of the sequence."""
        self._rng = rng or self._rng
        return self._rng.choice(self._makers)()

    def _expand(self, template: str, **params: object) -> Mission:
        priority = self._rng.choice((0, 1, 1, 1, 2))
        return self._catalogue.expand(template, params, self._graph, priority=priority)

    def _two(self) -> tuple[str, str]:
        one, other = self._rng.sample(self._places, 2)
        return one.place_id, other.place_id

    def _deliver(self) -> Mission:
        start, end = self._two()
        pin = f"{self._rng.randrange(10_000):04d}"
        return self._expand("deliver", **{"from": start, "to": end, "pin": pin})

    def _patrol(self) -> Mission:
        count = self._rng.randint(2, min(4, len(self._places)))
        places = [place.place_id for place in self._rng.sample(self._places, count)]
        return self._expand("patrol_tour", checkpoints=places, dwell_s=1.0)

    def _guide(self) -> Mission:
        start, end = self._two()
        return self._expand("guide_visitor", **{"from": start, "to": end})

    def _go(self) -> Mission:
        return self._expand("go_to", to=self._rng.choice(self._places).place_id)

    def _disinfect(self) -> Mission:
        room = self._rng.choice(self._rooms).place_id
        return self._expand("disinfect_room_uv", room=room, dose_mj_cm2=self._rng.choice(DOSES_MJ_CM2))


def _is_for_lamps(graph: SiteGraph, place: Place) -> bool:
    room = graph.rooms[place.place_id]
    watched = sum(graph.doors[door].automatic for door in room.doors if door in graph.doors)
    return watched == 1 and room.kind is not RoomKind.CORRIDOR


class Askers:
    """Submit wishes, and ask again until there is an answer. answered() is told the request keys.

    Wish k of a seed has a generator of its own. only: these are asked for; None: all.
    """

    def __init__(
        self,
        schedule: Schedule,
        submit: Submit,
        wishes: Wishes,
        seed: int,
        only: tuple[int, ...] | None = None,
    ) -> None:
        self._schedule = schedule
        self._submit = submit
        self._wishes = wishes
        self._seed = seed
        self._only = only
        self._open: dict[str, Mission] = {}
        self._impatient: dict[str, random.Random] = {}
        self._numbers: list[int] = []
        self.asked = 0
        """Wishes so far, those that were left out too."""

    @property
    def made(self) -> tuple[int, ...]:
        """Numbers of the wishes that were asked for."""
        return tuple(self._numbers)

    @property
    def unanswered(self) -> tuple[str, ...]:
        return tuple(self._open)

    def ask(self) -> None:
        index, self.asked = self.asked, self.asked + 1
        if self._only is not None and index not in self._only:
            return
        self._numbers.append(index)
        key, rng = f"wish-{index}", random.Random(f"wish {self._seed} {index}")
        self._open[key], self._impatient[key] = self._wishes.next(rng), rng
        self._try(key)

    def answered(self, key: str) -> None:
        self._open.pop(key, None)
        self._impatient.pop(key, None)

    def _try(self, key: str) -> None:
        mission = self._open.get(key)
        if mission is None:
            return
        self._submit(MissionRequested(mission=mission, request_key=key))
        if self._impatient[key].random() < 0.05:  # an impatient double click
            self._submit(MissionRequested(mission=mission, request_key=key))
        self._schedule.after(ASK_AGAIN_S, lambda: self._try(key))


class Receivers:
    """People who type the PIN when the tray is in front of them."""

    def __init__(
        self, schedule: Schedule, submit: Submit, state: Callable[[], State | None], rng: random.Random
    ) -> None:
        self._submit = submit
        self._state = state
        self._rng = rng
        self._due_s: dict[str, float] = {}
        self._mistyped: dict[str, bool] = {}
        self._schedule = schedule
        schedule.every(1.0, self._look)

    def _look(self) -> None:
        state = self._state()
        for record in tuple(state.missions.values()) if state is not None else ():
            if _waits_for_pin(record):
                self._type(record)

    def _type(self, record: MissionRecord) -> None:
        mission_id, now_s = record.mission.mission_id, self._schedule.now_s
        due_s = self._due_s.setdefault(mission_id, now_s + self._rng.uniform(*PIN_S))
        if now_s < due_s:
            return
        self._due_s[mission_id] = now_s + max(PIN_S)
        value = str(record.mission.params["pin"])
        if mission_id not in self._mistyped and self._rng.random() < WRONG_PIN:
            value = "wrong"
        self._mistyped[mission_id] = True
        self._submit(MissionConfirmed(mission_id=mission_id, what="pin", value=value, by="receiver"))


def _waits_for_pin(record: MissionRecord) -> bool:
    index = record.current
    if index is None or record.mission.tasks[index].action_type != "unload":
        return False
    task = record.tasks[index]
    return task.state is TaskState.RUNNING and task.phase == "awaiting_pin"
