"""Trouble that people make: odd requests, robots switched off or steered by hand; rubbish on a link."""

import random

from fleet.core import events as ev
from missions.lifecycle import MissionState
from missions.mission import Mission, Task
from missions.planning.closures import ElementKind
from simulators.cast import Cast, Maker, later, somebody
from simulators.sim_robot import SimRobot

NOBODY = "nobody-9"
"""No robot, mission, alert or element has this id."""
AWAY_S = (5.0, 60.0)
STEERED_S = (3.0, 30.0)


def odd_requests(cast: Cast, rng: random.Random) -> str:
    """What the core must refuse in a sentence, in any order."""
    events = [*_unknown(), *_in_a_wrong_state(cast)]
    rng.shuffle(events)
    for event in events:
        cast.room.submit(event)
    return f"{len(events)} of them"


def _unknown() -> list[ev.AnyEvent]:
    return [
        ev.MissionControlled(mission_id=NOBODY, verb=ev.MissionVerb.CANCEL, by="trouble"),
        ev.MissionConfirmed(mission_id=NOBODY, what="pin", value="1", by="trouble"),
        ev.RobotControlled(robot_id=NOBODY, verb=ev.RobotVerb.PAUSE, by="trouble"),
        ev.AlertHandled(alert_id=NOBODY, by="trouble"),
        ev.ElementClosed(kind=ElementKind.LANE, element_id=NOBODY, by="trouble"),
        ev.ElementOpened(kind=ElementKind.DOOR, element_id=NOBODY, by="trouble"),
    ]


def _in_a_wrong_state(cast: Cast) -> list[ev.AnyEvent]:
    core = cast.room.core
    if core is None:
        return []
    found: list[ev.AnyEvent] = []
    for name in list(core.state.ended)[-1:]:
        found.append(ev.MissionControlled(mission_id=name, verb=ev.MissionVerb.CANCEL, by="trouble"))
    running = [n for n, m in core.state.missions.items() if m.state is MissionState.RUNNING]
    for name in running[:1]:
        found.append(ev.MissionControlled(mission_id=name, verb=ev.MissionVerb.RESUME, by="trouble"))
    online = [name for name, robot in core.state.robots.items() if robot.online]
    for name in online[:1]:
        found.append(ev.RobotControlled(robot_id=name, verb=ev.RobotVerb.CLEAR, by="trouble"))
    return found


def odd_missions(cast: Cast, rng: random.Random) -> str:
    """For a robot that there is not, and for one that has not the skill: refused at once."""
    place = rng.choice(list(cast.world.graph.places.values()))
    node = next((n for n in cast.world.graph.nodes if n == place.place_id), "")
    if not node:
        return "no place"
    task = Task(seq=0, title={"en": "Expose"}, node=node, place=node, action_type="uv_expose", duration_s=1.0)
    unable = next((n for n, r in cast.robots.items() if "uv_expose" not in r.facts.skills), NOBODY)
    for number, name in enumerate((NOBODY, unable)):
        mission = Mission(
            mission_id="",
            template="odd",
            family="disinfection",  # type: ignore[arg-type]
            title={"en": "Odd"},
            params={},
            tasks=(task,),
            robot=name,
        )
        key = f"odd-{number}-{cast.schedule.now_s:.3f}"
        cast.room.submit(ev.MissionRequested(mission=mission, request_key=key))
    return f"for {NOBODY} and {unable}"


def alerts_handled(cast: Cast, rng: random.Random) -> str:
    """Somebody has looked at everything that is open."""
    del rng
    core = cast.room.core
    names = tuple(core.state.open_alerts.values()) if core is not None else ()
    for name in names:
        cast.room.submit(ev.AlertHandled(alert_id=name, by="trouble", note="seen"))
    return f"{len(names)} alerts"


def paused_in_queue(cast: Cast, rng: random.Random) -> str:
    """A mission that has not begun is paused, and resumed or cancelled."""
    core = cast.room.core
    waiting = (MissionState.QUEUED, MissionState.ASSIGNED)
    names = [n for n, m in core.state.missions.items() if m.state in waiting] if core is not None else []
    if not names:
        return "no mission waits"
    name = rng.choice(names)
    pause = ev.MissionControlled(mission_id=name, verb=ev.MissionVerb.PAUSE, by="trouble")
    cast.room.submit(pause)
    verb = rng.choice((ev.MissionVerb.RESUME, ev.MissionVerb.RESUME, ev.MissionVerb.CANCEL))
    after = ev.MissionControlled(mission_id=name, verb=verb, by="trouble")

    def end() -> None:
        cast.room.submit(after)

    return f"{name}, then {verb} {later(cast, rng, *AWAY_S, end)}"


def robot_left(cast: Cast, rng: random.Random) -> str:
    """Its program is ended on purpose and says goodbye; later it is started again."""
    robot = somebody(cast, rng)
    robot.shut_down()
    return f"{robot.robot_id} {later(cast, rng, *AWAY_S, robot.boot)}"


def rubbish(cast: Cast, rng: random.Random) -> str:
    """Something that is no message comes over a robot's link: it is not listened to for a minute."""
    robot = somebody(cast, rng)
    cast.room.hear(robot.robot_id, robot.connection, b"\xc1rubbish")
    return robot.robot_id


def taken_over(cast: Cast, rng: random.Random) -> str:
    """A person takes the handle of a robot, and gives it back; an operator resumes it."""
    robot = somebody(cast, rng)
    body = cast.world.bodies[robot.robot_id]
    body.steered(by_hand=True)
    return f"{robot.robot_id} {later(cast, rng, *STEERED_S, lambda: _hand_back(cast, robot))}"


def _hand_back(cast: Cast, robot: SimRobot) -> None:
    cast.world.bodies[robot.robot_id].steered(by_hand=False)
    resume = ev.RobotControlled(robot_id=robot.robot_id, verb=ev.RobotVerb.RESUME, by="trouble")
    cast.schedule.after(2.0, lambda: _submit(cast, resume))


def _submit(cast: Cast, event: ev.AnyEvent) -> None:
    cast.room.submit(event)


def heal(cast: Cast) -> None:
    """Nobody has a hand on a robot."""
    for body in cast.world.bodies.values():
        body.steered(by_hand=False)


KINDS: dict[str, Maker] = {
    "odd_requests": odd_requests,
    "odd_missions": odd_missions,
    "alerts_handled": alerts_handled,
    "paused_in_queue": paused_in_queue,
    "robot_left": robot_left,
    "rubbish": rubbish,
    "taken_over": taken_over,
}
