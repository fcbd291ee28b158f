"""Reads the timeline of a scenario: missions, faults, crashes, closings, what operators do, and when."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import msgspec

from fleet.core import events as ev
from maps.cursor import Cursor
from maps.graph import SiteGraph
from missions.errors import TemplateError
from missions.lifecycle import MissionState
from missions.mission import Mission
from missions.planning.closures import ElementKind
from missions.templates import TemplateCatalogue
from simulators import scenario_words as say
from simulators.faults import AnyWorldFault
from simulators.scenario import Action, Ask, Condition, Crash, Cut, Entry, Inject, Say
from simulators.scenario_spots import Spots

ORCHESTRATOR = "orchestrator"
KINDS = ("submit", "one_of", "fault", "crash", "cut", "close", "open", "operator")
WHEN = ("at", "every", "from", "until", "when", "after", "for")
MORE = ("params", "label", "priority", "on", "robot", "mission", "forget", "because")
ENDED_BY = ("failed", "jammed", "present", "active")
"""Fields of faults that are false when the fault is over."""
FIELD_OF = {"": "submit", "template": "submit", "priority": "priority"}
"""Of a complaint about a mission: where it was written; all others are parameters."""
BY = "scenario"


class Actions:
    """labels collects what missions are called; those that are used before are checked at the end."""

    def __init__(
        self, graph: SiteGraph, catalogue: TemplateCatalogue, robots: dict[str, str], spots: Spots
    ) -> None:
        self._graph = graph
        self._catalogue = catalogue
        self._robots = robots
        self._spots = spots
        self.labels: dict[str, None] = {}
        self._used: list[Cursor] = []
        self._elements: dict[ElementKind, Any] = {
            ElementKind.LANE: graph.edges,
            ElementKind.ZONE: graph.zones,
            ElementKind.ROOM: graph.rooms,
            ElementKind.DOOR: graph.doors,
            ElementKind.LIFT: graph.lifts,
        }

    def check_labels(self) -> None:
        for cursor in self._used:
            cursor.one_of(self.labels, "mission with the label")

    def entry(self, row: Cursor) -> Entry:
        fields = row.fields((), (*KINDS, *WHEN, *MORE))
        kind = say.one_key(fields, KINDS, row)
        for_s = say.positive_seconds(fields["for"]) if "for" in fields else 0.0
        action = getattr(self, f"_{kind}")(fields, row, for_s)
        _lasts(action, fields, for_s)
        when = say.one_key(fields, ("at", "every", "when"), row)
        return replace(self._times(fields, when), action=action, for_s=for_s)

    def _times(self, fields: dict[str, Cursor], when: str) -> Entry:
        nothing = Cut(robot_id="")
        if when == "at":
            return Entry(action=nothing, at_s=say.seconds(fields["at"]))
        if when == "when":
            after_s = say.seconds(fields["after"]) if "after" in fields else 0.0
            return Entry(action=nothing, at_s=after_s, when=self._condition(fields["when"]))
        return Entry(
            action=nothing,
            at_s=say.seconds(fields["from"]) if "from" in fields else 0.0,
            every_s=say.positive_seconds(fields["every"]),
            until_s=say.seconds(fields["until"]) if "until" in fields else float("inf"),
        )

    def _condition(self, cursor: Cursor) -> Condition:
        fields = cursor.fields((), ("mission", "is", "robot", "at", "alert"))
        kind = say.one_key(fields, ("mission", "robot", "alert"), cursor)
        if kind == "alert":
            return Condition(alert=fields["alert"].text())
        if kind == "mission":
            fields = cursor.fields(("mission", "is"))
            self._used.append(fields["mission"])
            state = fields["is"].choice(MissionState)
            return Condition(mission=fields["mission"].text(), state=state.value)
        fields = cursor.fields(("robot", "at"))
        return Condition(robot_id=self._robot(fields["robot"]), spot=self._spots.read(fields["at"]))

    # -- missions --------------------------------------------------------------------------------------

    def _submit(self, fields: dict[str, Cursor], row: Cursor, for_s: float) -> Action:
        mission = self._mission(fields, row)
        return self._ask(fields, fields["submit"].text(), (mission,))

    def _one_of(self, fields: dict[str, Cursor], row: Cursor, for_s: float) -> Action:
        label = fields["label"].text() if "label" in fields else row.element.replace(" ", "-")
        return self.one_of(fields["one_of"], label)

    def one_of(self, cursor: Cursor, label: str) -> Ask:
        """A list of missions, one of which is asked for."""
        rows = cursor.items("one_of")
        missions = tuple(
            self._mission(row.fields(("submit",), ("params", "priority", "on")), row) for row in rows
        )
        if not missions:
            raise cursor.error("no mission is named", "write '- {submit: go_to, params: ...}' lines")
        self.labels[label] = None
        return Ask(label=label, missions=missions)

    def _ask(self, fields: dict[str, Cursor], usual: str, missions: tuple[Mission, ...]) -> Ask:
        label = fields["label"].text() if "label" in fields else usual
        self.labels[label] = None
        return Ask(label=label, missions=missions)

    def _mission(self, fields: dict[str, Cursor], row: Cursor) -> Mission:
        params = say.plain(fields["params"]) if "params" in fields else {}
        if not isinstance(params, dict):
            raise fields["params"].error("is not a mapping", "write {to: ward_201}")
        try:
            return self._catalogue.expand(
                fields["submit"].text(),
                params,
                self._graph,
                priority=fields["priority"].integer() if "priority" in fields else 1,
                robot=self._robot(fields["on"]) if "on" in fields else None,
                requested_by=BY,
            )
        except TemplateError as error:
            at = fields.get(FIELD_OF.get(error.field, "params"), row)
            hint = error.hint.rstrip(".") or "correct it"
            raise at.error(f"{error.message}", hint[:1].lower() + hint[1:]) from None

    # -- faults ----------------------------------------------------------------------------------------

    def _fault(self, fields: dict[str, Cursor], row: Cursor, for_s: float) -> Action:
        cursor = fields["fault"]
        try:
            fault = msgspec.convert(say.plain(cursor), AnyWorldFault)
        except msgspec.ValidationError as error:
            kinds = ", ".join(kind.__name__ for kind in AnyWorldFault.__args__)
            raise cursor.error(f"no such fault ({error})", f"'fault' is one of {kinds}") from None
        self._check_subject(cursor, fault)
        over = next((name for name in ENDED_BY if name in fault.__struct_fields__), "")
        end = msgspec.structs.replace(fault, **{over: False}) if over and for_s else None
        if for_s and end is None:
            raise fields["for"].error("this fault ends by itself", "leave 'for' out")
        return Inject(fault=fault, end=end)

    def _check_subject(self, cursor: Cursor, fault: AnyWorldFault) -> None:
        graph = self._graph
        known: dict[str, Collection[str]] = {
            "robot": self._robots,
            "door": graph.doors,
            "lift": graph.lifts,
            "room": graph.rooms,
            "node": graph.nodes,
        }
        for name, value in cursor.entries().items():
            if name in known and name in fault.__struct_fields__:
                value.one_of(known[name], name)

    def _crash(self, fields: dict[str, Cursor], row: Cursor, for_s: float) -> Action:
        who = fields["crash"].one_of((ORCHESTRATOR, *self._robots), "program")
        forget = "forget" in fields and fields["forget"].boolean()
        if who == ORCHESTRATOR and forget:
            raise fields["forget"].error("the orchestrator's journal is never lost", "leave 'forget' out")
        return Crash(who="" if who == ORCHESTRATOR else who, forget=forget)

    def _cut(self, fields: dict[str, Cursor], row: Cursor, for_s: float) -> Action:
        return Cut(robot_id=self._robot(fields["cut"]))

    def _robot(self, cursor: Cursor) -> str:
        return cursor.one_of(self._robots, "robot")

    # -- operators -------------------------------------------------------------------------------------

    def _close(self, fields: dict[str, Cursor], row: Cursor, for_s: float) -> Action:
        kind, element_id = self._element(fields["close"])
        because = fields["because"].text() if "because" in fields else "closed by the scenario"
        closed = ev.ElementClosed(kind=kind, element_id=element_id, by=BY, because=because)
        opened = ev.ElementOpened(kind=kind, element_id=element_id, by=BY)
        return Say(event=closed, end=opened if for_s else None)

    def _open(self, fields: dict[str, Cursor], row: Cursor, for_s: float) -> Action:
        kind, element_id = self._element(fields["open"])
        return Say(event=ev.ElementOpened(kind=kind, element_id=element_id, by=BY))

    def _element(self, cursor: Cursor) -> tuple[ElementKind, str]:
        fields = cursor.fields((), tuple(kind.value for kind in ElementKind))
        kind = ElementKind(say.one_key(fields, tuple(kind.value for kind in ElementKind), cursor))
        return kind, fields[kind.value].one_of(self._elements[kind], kind.value)

    def _operator(self, fields: dict[str, Cursor], row: Cursor, for_s: float) -> Action:
        """A verb of the whole fleet, of a robot or of a mission."""
        verb = fields["operator"]
        because = fields["because"].text() if "because" in fields else ""
        if "robot" in fields:
            robot_id = self._robot(fields["robot"])
            robot_verb = verb.choice(ev.RobotVerb)
            return Say(event=ev.RobotControlled(robot_id=robot_id, verb=robot_verb, by=BY, because=because))
        if "mission" in fields:
            self._used.append(fields["mission"])
            event = ev.MissionControlled(
                mission_id="", verb=verb.choice(ev.MissionVerb), by=BY, because=because
            )
            return Say(event=event, mission=fields["mission"].text())
        return Say(event=ev.FleetControlled(verb=verb.choice(ev.FleetVerb), by=BY, because=because))


def _lasts(action: Action, fields: dict[str, Cursor], for_s: float) -> None:
    """'for' makes sense only for what can be undone."""
    undone = isinstance(action, Inject | Crash | Cut) or (isinstance(action, Say) and action.end is not None)
    if for_s and not undone:
        raise fields["for"].error("this does not last", "leave 'for' out")
