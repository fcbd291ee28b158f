"""What a restarted program still knows, and what it must never do twice."""

from robots import protocol as wire
from robots.agent import Agent
from robots.agent_io import LinkUp, OrderMemory, Remember, Send, ShutDown, TimerFired


def announce(name="action-1"):
    return wire.Action(action_id=name, action_type="announce", params={"announce_s": 4.0})


def test_restarted_robot_drives_on_to_the_end_of_its_base(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3), node("c", 2, 6), last=True)
    robot.run(4)
    robot.disconnect()
    robot.boot()
    robot.run(6)
    assert robot.body.x_m == 6
    robot.connect()
    hello = robot.last(wire.Hello)
    assert (hello.boot_id, hello.last_order_id, hello.last_seq) == ("boot-2", "order-1", 2)


def test_acceptance_is_remembered_before_it_is_said(bench, node):
    robot = bench().connect()
    order = wire.Order(order_id="o", order_update_id=1, base=(node("a", 0, 0), node("b", 1, 3)))
    commands = robot.feed(order)
    kinds = [type(command) for command in commands]
    assert kinds.index(Remember) < kinds.index(Send)


def test_finished_action_is_not_repeated_after_a_restart(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), action=announce(), last=True)
    robot.run(6)
    assert robot.outcome is not None
    said = len(robot.body.said)
    robot.boot()
    robot.connect()
    robot.order(node("a", 0, 0), action=announce(), last=True)
    robot.run(10)
    assert len(robot.body.said) == said
    assert robot.last(wire.OrderAccepted).order_id == "order-1"


def test_unfinished_action_begins_again_after_a_restart(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), action=announce(), last=True)
    robot.run(2)
    robot.boot()
    robot.connect()
    robot.run(6)
    assert len(robot.body.said) == 2
    assert robot.outcome.status is wire.ActionStatus.FINISHED


def test_outcome_that_nobody_heard_is_told_again_with_its_result(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), action=announce(), last=True)
    robot.disconnect()
    robot.run(6)
    robot.boot()
    robot.sent.clear()
    robot.connect()
    assert robot.last(wire.Hello).action_done is False
    assert robot.outcome.result == {"announce_s": 4.0}


def test_outcome_that_was_heard_is_part_of_the_greeting(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), action=announce(), last=True)
    robot.run(6)
    robot.feed(wire.Ping(stamp_s=0.0))
    robot.boot()
    robot.sent.clear()
    robot.connect()
    assert robot.last(wire.Hello).action_done is True
    assert robot.outcome is None


def test_stopped_robot_is_still_stopped_after_a_restart(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3), last=True)
    robot.instant("stop")
    robot.boot()
    robot.connect()
    robot.run(5)
    assert robot.state.mode == "stopped"
    assert robot.body.x_m == 0


def test_paused_robot_is_still_paused_after_a_restart(bench, node):
    robot = bench().connect()
    robot.instant("pause")
    robot.boot()
    robot.connect()
    assert robot.state.mode == "paused"


def test_cancel_survives_a_restart_and_is_acknowledged_afterwards(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3), node("c", 2, 6), last=True)
    robot.run(1)
    robot.feed(wire.Cancel(cancel_id="c-1", order_id="order-1"))
    robot.disconnect()
    robot.boot()
    robot.connect()
    robot.run(10)
    assert robot.body.x_m == 3
    assert robot.last(wire.Ack).ref == "c-1"


def test_robot_that_was_carried_away_does_not_drive_until_its_order_is_cancelled(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 9), last=True)
    robot.run(2)
    robot.body.x_m, robot.body.y_m = 4.0, 7.0
    robot.boot()
    robot.connect()
    robot.run(10)
    assert (robot.body.x_m, robot.body.y_m) == (4.0, 7.0)
    assert robot.state.mode == "fault"
    robot.feed(wire.Cancel(cancel_id="c-1", order_id="order-1"))
    assert robot.last(wire.Ack).ref == "c-1"
    assert robot.state.mode == "autonomous"
    robot.order(node("x", 0, 4, 7), node("y", 1, 4, 9), order_id="order-2", last=True)
    robot.run(5)
    assert robot.body.y_m == 9


def test_robot_that_lost_its_disk_takes_the_repeated_order_up_where_it_stands(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 5), node("c", 2, 15))
    robot.run(10)
    robot.memory = None
    robot.boot()
    robot.connect()
    robot.sent.clear()
    robot.order(node("a", 0, 0), node("b", 1, 5), node("c", 2, 15), update=2, last=True)
    assert robot.last(wire.OrderAccepted).order_update_id == 2
    robot.run(10)
    assert robot.seqs_passed == [1, 2]
    assert min(x_m for _, x_m, _ in robot.body.trace[-200:]) > 9.9, "it does not drive back"


def test_repeated_order_of_which_nothing_is_near_is_not_taken(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 20), node("b", 1, 25), update=2)
    assert not robot.all(wire.OrderAccepted)
    robot.run(5)
    assert robot.body.x_m == 0


def test_program_that_ends_says_goodbye_and_leaves_the_body_standing(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 9), last=True)
    robot.run(2)
    robot.feed(ShutDown("service"))
    assert robot.last(wire.Bye).because == "service"
    assert robot.body.path == ()
    assert robot.agent.activity == "offline"
    assert robot.agent.next_deadline_s() is None


def test_memory_does_not_grow_with_the_way_driven(bench, node):
    robot = bench().connect()
    robot.order(node("n0", 0, 0), node("n1", 1, 1))
    for seq in range(1, 40):
        robot.run_until(lambda seq=seq: robot.seqs_passed[-1:] == [seq])
        robot.order(node(f"n{seq}", seq, seq), node(f"n{seq + 1}", seq + 1, seq + 1), update=seq + 1)
    assert isinstance(robot.memory, OrderMemory)
    assert len(robot.memory.order.base) == 2


def test_a_robot_whose_body_is_silent_waits_for_it_without_spinning(bench):
    robot = bench()
    agent = Agent("robot-1", "boot-1", robot.agent._facts)
    agent.handle(LinkUp(), 100.0)
    assert agent.handle(TimerFired(), 200.0) == ()
    assert agent.next_deadline_s() is None
