"""What the world's REST server answers: one table, each line a method, a path and who answers it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from robots.profiles import models
from simulators.fault_board import described, in_words, kinds, off_values, read_fault, time_of
from simulators.server import INFO, WARNING, WorldServer
from simulators.spawned import Spawn, Spawned
from simulators.world import WorldError
from simulators.world_state import state_of

T = TypeVar("T", bound=msgspec.Struct)
PEOPLE_MAX = 200
Answer = tuple[int, Any]


class SpeedBody(msgspec.Struct, forbid_unknown_fields=True):
    speed: float | None = None
    paused: bool | None = None


class RobotBody(msgspec.Struct, forbid_unknown_fields=True):
    model: str
    id: str
    node: str | None = None
    server: str = "http://127.0.0.1:8080"


class PeopleBody(msgspec.Struct, forbid_unknown_fields=True):
    count: int = 1
    level: str | None = None


class HealBody(msgspec.Struct, forbid_unknown_fields=True):
    fault: str = ""
    subject: str = ""


class RecordingBody(msgspec.Struct, forbid_unknown_fields=True):
    file: str


def parsed(body: Any, kind: type[T]) -> T:
    """Raises WorldError naming the field."""
    try:
        return msgspec.convert(body if body is not None else {}, kind)
    except msgspec.ValidationError as error:
        fields = ", ".join(field.name for field in msgspec.structs.fields(kind))
        raise WorldError(f"{error}; the fields are {fields}") from error


class Routes:
    """answer() runs each handler in the world's thread."""

    def __init__(self, server: WorldServer, spawned: Spawned | None) -> None:
        self._server = server
        self._spawned = spawned
        self._table: dict[tuple[str, str], Callable[[str, Any], Any]] = {
            ("GET", "/state"): self._state,
            ("GET", "/speed"): self._pace,
            ("PUT", "/speed"): self._set_pace,
            ("POST", "/pause"): lambda _name, _body: self._halt(paused=True),
            ("POST", "/resume"): lambda _name, _body: self._halt(paused=False),
            ("GET", "/faults"): self._faults,
            ("POST", "/faults"): self._inject,
            ("POST", "/heal"): self._heal,
            ("GET", "/robots"): self._robots,
            ("POST", "/robots"): self._spawn,
            ("DELETE", "/robots/*"): self._remove,
            ("POST", "/people"): self._people,
            ("DELETE", "/people/*"): self._leave,
            ("GET", "/recording"): self._recording,
            ("POST", "/recording"): self._record,
            ("DELETE", "/recording"): self._stop_recording,
        }

    def answer(self, method: str, path: str, body: Any) -> Answer:
        """Raises WorldError for what is wrong in a request, OSError for what this machine cannot do."""
        head, slash, name = path.rstrip("/")[1:].partition("/")
        handler = self._table.get((method, f"/{head}/*" if slash else f"/{head}"))
        if handler is None:
            there = ", ".join(f"{verb} {route}" for verb, route in self._table)
            return 404, {"message": f"{method} {path} does not exist; there are {there}"}
        if handler == self._remove:  # it waits for a process: not in the world's thread
            return 200, self._remove(name, body)
        return 200, self._server.call(lambda: handler(name, body))

    # -- the world -------------------------------------------------------------------------------------

    def _state(self, _name: str, _body: Any) -> Any:
        recording = None if self._server.recorder is None else str(self._server.recorder.file.path)
        more = {"faults": self._server.faults.active(), "recording": recording}
        return {**state_of(self._server.world), "pace": self._server.pace.shown(), **more}

    def _pace(self, _name: str, _body: Any) -> Any:
        return self._server.pace.shown()

    def _set_pace(self, _name: str, body: Any) -> Any:
        wanted = parsed(body, SpeedBody)
        self._server.set_pace(wanted.speed, paused=wanted.paused)
        return self._server.pace.shown()

    def _halt(self, *, paused: bool) -> Any:
        self._server.set_pace(paused=paused)
        return self._server.pace.shown()

    # -- faults ----------------------------------------------------------------------------------------

    def _faults(self, _name: str, _body: Any) -> Any:
        return {"kinds": described(), "active": self._server.faults.active()}

    def _inject(self, _name: str, body: Any) -> Any:
        if not isinstance(body, dict) or not isinstance(body.get("fault"), str):
            raise WorldError(f"not a fault: give an object whose 'fault' is one of {', '.join(kinds())}")
        values = {key: value for key, value in body.items() if key not in ("fault", "for")}
        for_s = _seconds(body.get("for"))
        kind = kinds().get(body["fault"])
        if for_s is not None and kind is not None and not off_values(kind) and time_of(kind):
            values[time_of(kind)] = for_s
            for_s = None
        fault = read_fault(body["fault"], values)
        self._server.faults.inject(fault, for_s)
        self._server.note(WARNING, "fault", in_words(fault))
        return {"applied": body["fault"]}

    def _heal(self, _name: str, body: Any) -> Any:
        wanted = parsed(body, HealBody)
        healed = [in_words(fault) for fault in self._server.faults.heal(wanted.fault, wanted.subject)]
        for words in healed:
            self._server.note(INFO, "fault", f"healed: {words}")
        return {"healed": healed}

    # -- robots and people -----------------------------------------------------------------------------

    def _robots(self, _name: str, _body: Any) -> Any:
        ours = [] if self._spawned is None else self._spawned.shown()
        joined = self._server.world.bodies
        return {"models": list(models()), "spawned": [{**r, "joined": r["id"] in joined} for r in ours]}

    def _spawn(self, _name: str, body: Any) -> Any:
        if self._spawned is None:
            raise WorldError("this world starts no robots; start them with `fleet robot`")
        wanted = parsed(body, RobotBody)
        if wanted.id in self._server.world.bodies:
            raise WorldError(f"robot '{wanted.id}' stands in this world already; choose another id")
        nodes = self._server.world.graph.nodes
        if wanted.node is not None and wanted.node not in nodes:
            text = f"node '{wanted.node}' does not exist; leave it out, or give one like {min(nodes)}"
            raise WorldError(text)
        asked = Spawn(model=wanted.model, robot_id=wanted.id, server=wanted.server, node=wanted.node)
        child = self._spawned.start(asked, self._server.pace.speed)
        self._server.note(INFO, wanted.id, f"was started ({wanted.model}, process {child.pid})")
        return {"id": wanted.id, "pid": child.pid, "log": str(child.log)}

    def _remove(self, name: str, _body: Any) -> Any:
        ours = self._spawned is not None and self._spawned.stop(name)
        self._server.call(lambda: self._carry_away(name, ours=ours))
        return {"removed": name}

    def _carry_away(self, name: str, *, ours: bool) -> None:
        """ours: its process has ended just now; it may never have joined."""
        if ours:
            self._server.let_go(name)
        if not ours or name in self._server.world.bodies:
            self._server.remove(name)

    def _people(self, _name: str, body: Any) -> Any:
        wanted, world = parsed(body, PeopleBody), self._server.world
        levels = list(world.graph.levels)
        if not 1 <= wanted.count <= PEOPLE_MAX:
            raise WorldError(f"count is {wanted.count}; choose 1 to {PEOPLE_MAX}")
        if wanted.level is not None and wanted.level not in levels:
            raise WorldError(f"level '{wanted.level}' does not exist; there are {', '.join(levels)}")
        chosen = levels if wanted.level is None else [wanted.level]
        came = world.crowd.enter(chosen, wanted.count, world.now_s)
        if not came:
            raise WorldError("nobody can walk there: no corridor without a door is on this level")
        return {"people": came}

    def _leave(self, name: str, _body: Any) -> Any:
        crowd = self._server.world.crowd
        if not crowd.leave(name):
            walkers = ", ".join(p.person_id for p in crowd.persons() if p.role == "walker") or "none"
            raise WorldError(f"person '{name}' does not walk here; there are {walkers}")
        return {"removed": name}

    # -- recordings ------------------------------------------------------------------------------------

    def _recording(self, _name: str, _body: Any) -> Any:
        recorder = self._server.recorder
        if recorder is None:
            return {"file": None, "messages": 0}
        return {"file": str(recorder.file.path), "messages": recorder.file.messages}

    def _record(self, _name: str, body: Any) -> Any:
        wanted = parsed(body, RecordingBody)
        self._server.record(Path(wanted.file))
        return {"file": wanted.file}

    def _stop_recording(self, _name: str, _body: Any) -> Any:
        return self._server.stop_recording()


def _seconds(value: Any) -> float | None:
    if value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise WorldError(f"for is '{value}'; give seconds, for example for=30") from error
