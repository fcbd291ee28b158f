"""A short day of the hospital, for replay: prints the digest, so that two processes can be compared."""

from random import Random

from fleet.core import events as ev
from tests.fleet.core.conversation import Conversation


def a_day() -> Conversation:
    """Missions of several kinds, a cancel, a pause, a lost robot, a stop: the same every time."""
    talk, random = Conversation(), Random(7)
    for robot_id, node, family in (
        ("carrier-1", "charger_l1_a", "service"),
        ("carrier-2", "charger_l3_a", "service"),
        ("sentry-1", "charger_l2_a", "patrol"),
        ("lumen-1", "parking_l2_a", "disinfection"),
    ):
        talk.join(robot_id, node, family)
    points = [p.place_id for p in talk.graph.places.values() if p.kind == "checkpoint"]
    talk.ask("patrol_tour", "tour", checkpoints=random.sample(points, 3))
    talk.ask("disinfect_room_uv", "uv", room="ward_201")
    for number in range(3):
        talk.ask("deliver", f"d{number}", **{"from": "pharmacy", "to": "ward_202", "pin": "4711"})
    _steps(talk, 40)
    talk.say(ev.MissionControlled(mission_id="mission-000004", verb=ev.MissionVerb.CANCEL))
    talk.say(ev.MissionControlled(mission_id="mission-000001", verb=ev.MissionVerb.PAUSE))
    talk.puppets["carrier-1"].mute = True
    talk.say(ev.RobotFellSilent(robot_id="carrier-1", silent_s=30.0))
    _steps(talk, 40)
    talk.say(ev.FleetControlled(verb=ev.FleetVerb.STOP_ALL, because="a drill"))
    _steps(talk, 5)
    talk.say(ev.FleetControlled(verb=ev.FleetVerb.RESUME_ALL))
    talk.say(ev.MissionControlled(mission_id="mission-000001", verb=ev.MissionVerb.RESUME))
    _steps(talk, 100)
    return talk


def _steps(talk: Conversation, count: int) -> None:
    for _ in range(count):
        talk.step()


if __name__ == "__main__":
    print(a_day().core.digest())
