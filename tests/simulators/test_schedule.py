import random

from simulators.network import HEALTHY, Link, Quality
from simulators.schedule import Schedule


def test_callbacks_run_in_order_of_time_and_then_of_entry():
    schedule, ran = Schedule(0.0), []
    schedule.at(2.0, lambda: ran.append("late"))
    schedule.at(1.0, lambda: ran.append("first"))
    schedule.at(1.0, lambda: ran.append("second"))
    schedule.run_until(1.5)
    assert ran == ["first", "second"]
    assert schedule.now_s == 1.5
    schedule.run_until(3.0)
    assert ran[-1] == "late"


def test_what_is_entered_meanwhile_runs_too_and_the_past_runs_at_once():
    schedule, ran = Schedule(10.0), []
    schedule.at(11.0, lambda: schedule.at(5.0, lambda: ran.append(schedule.now_s)))
    schedule.run_until(12.0)
    assert ran == [11.0]


def test_a_period_repeats_for_ever():
    schedule, ran = Schedule(0.0), []
    schedule.every(0.5, lambda: ran.append(schedule.now_s))
    schedule.run_until(2.0)
    assert ran == [0.5, 1.0, 1.5, 2.0]


def arrivals(quality, count=2000, seed=1):
    schedule, got = Schedule(0.0), []
    link = Link(schedule, random.Random(seed), quality, lambda message: got.append((schedule.now_s, message)))
    for index in range(count):
        schedule.at(index * 0.01, lambda index=index: link.send(index))
    schedule.run_until(count * 0.01 + 10.0)
    return got


def test_a_healthy_link_delivers_everything_once_and_in_order():
    assert [message for _, message in arrivals(HEALTHY)] == list(range(2000))


def test_a_bad_link_loses_repeats_and_reorders_about_as_often_as_it_says():
    got = [m for _, m in arrivals(Quality(loss=0.1, repeat=0.1, reorder=0.1))]
    assert 0.05 < 1 - len(set(got)) / 2000 < 0.15
    assert 0.05 < (len(got) - len(set(got))) / 2000 < 0.15
    assert got != sorted(got)


def test_the_same_seed_makes_the_same_trouble():
    quality = Quality(loss=0.1, repeat=0.1, reorder=0.1)
    assert arrivals(quality) == arrivals(quality)
    assert arrivals(quality) != arrivals(quality, seed=2)


def test_a_loss_breaks_a_link_that_promises_order():
    schedule, got, breaks = Schedule(0.0), [], []
    link = Link(schedule, random.Random(1), Quality(loss=1.0), got.append, lambda: breaks.append(link.mend()))
    link.send("lost")
    link.quality = HEALTHY
    link.send("lost with it")
    schedule.run_until(1.0)
    link.send("heard")
    schedule.run_until(2.0)
    assert got == ["heard"]
    assert len(breaks) == 1


def test_a_cut_link_loses_what_is_under_way_and_works_again_when_mended():
    schedule, got = Schedule(0.0), []
    link = Link(schedule, random.Random(1), HEALTHY, got.append)
    link.send("under way")
    link.cut()
    link.send("into the void")
    link.mend()
    link.send("heard")
    schedule.run_until(10.0)
    assert got == ["heard"]
