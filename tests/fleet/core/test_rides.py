"""A robot whose order ends in a lift that goes on with it is looked for where the lift has brought it."""

from fleet.core import commands as cm
from fleet.core import events as ev
from tests.fleet.core.conversation import Conversation


def riding():
    """carrier-1 in a closed cabin that goes to another level; the lift has not come there yet."""
    talk = Conversation()
    talk.join("carrier-1", "charger_l1_a")
    talk.ask("go_to", to="ward_201")
    talk.until(lambda: talk.cells.cells[talk.core.traffic.position("carrier-1")].lift is not None)
    talk.lifts_work = False
    return talk


def level_of(talk, level):
    report = talk.report("carrier-1")
    fields = {name: getattr(report, name) for name in report.__struct_fields__}
    cell = talk.cells.cells[talk.core.traffic.position("carrier-1")]
    return ev.RobotReported(**{**fields, "level": level, "x_m": cell.x_m, "y_m": cell.y_m})


def test_it_begins_its_next_order_at_the_level_where_it_is():
    talk = riding()
    cell = talk.cells.cells[talk.core.traffic.position("carrier-1")]
    other = "L2" if cell.level == "L1" else "L1"
    talk.say(ev.MissionControlled(mission_id="mission-000001", verb=ev.MissionVerb.CANCEL))
    assert talk.core.state.jobs["carrier-1"].update_id == 0
    before = len(talk.said)
    talk.lifts_work = True
    talk.say(level_of(talk, other))
    assert talk.cells.cells[talk.core.traffic.position("carrier-1")].level == other
    talk.until(lambda: talk.cells.cells[talk.core.traffic.position("carrier-1")].lift is None)
    orders = [c for c in talk.said[before:] if isinstance(c, cm.SendOrder)]
    assert talk.cells.cells[orders[0].base[0].cell].level == other


def test_while_it_has_an_order_only_its_own_word_counts():
    talk = riding()
    position = talk.core.traffic.position("carrier-1")
    other = "L2" if talk.cells.cells[position].level == "L1" else "L1"
    talk.say(level_of(talk, other))
    assert talk.core.traffic.position("carrier-1") == position


def test_an_order_that_is_refused_is_not_said_again_at_once():
    talk = Conversation()
    talk.join("carrier-1", "charger_l1_a")
    talk.ask("go_to", to="ward_201")
    for _ in range(5):
        order = [c for c in talk.said if isinstance(c, cm.SendOrder)][-1]
        refusal = ev.OrderRefused(
            robot_id="carrier-1",
            order_id=order.order_id,
            order_update_id=order.order_update_id,
            because="it stands elsewhere",
        )
        talk.say(refusal)
    assert len([c for c in talk.said if isinstance(c, cm.SendOrder)]) <= 2
