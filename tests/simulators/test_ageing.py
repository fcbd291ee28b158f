import pytest

from maps.elements import Room, RoomKind
from simulators.battery import FADE_PER_CYCLE, HEALTH_LEAST, Battery
from simulators.faults import BatteryWorn, apply_fault
from simulators.lamp import LEFT_AT_END, LIFE_H, WARM_UP_S, Exposure, ageing, warm_s
from simulators.world import World, WorldError, WorldSettings

SQUARE = Room(
    room_id="room",
    level="L1",
    names={},
    kind=RoomKind.WARD,
    polygon=((0.0, 0.0), (6.0, 0.0), (6.0, 6.0), (0.0, 6.0)),
)


def hours_until_empty(battery):
    seconds = 0
    while not battery.is_empty:
        battery.draw(60.0, moving=True, actions=())
        seconds += 60
    return seconds / 3600.0


def test_a_worn_battery_is_empty_sooner_and_says_full_all_the_same(facts):
    new, worn = Battery(facts, 1.0), Battery(facts, 1.0)
    worn.wear(0.6)
    assert worn.fraction == pytest.approx(1.0)
    assert hours_until_empty(worn) == pytest.approx(0.6 * hours_until_empty(new), rel=0.02)


def test_charging_it_over_and_over_costs_capacity_as_the_cycles_say(facts):
    battery = Battery(facts, 0.5)
    given_j = 0.0
    while given_j < 100 * battery.capacity_j:
        before_j = battery.energy_j
        battery.charge(60.0)
        given_j += battery.energy_j - before_j
        battery.draw(60.0, moving=True, actions=())
        battery.draw(60.0, moving=True, actions=())
    assert battery.health == pytest.approx(1.0 - 100 * FADE_PER_CYCLE, rel=0.01)


def test_a_worn_battery_takes_charge_with_more_loss(facts):
    new, worn = Battery(facts, 0.2), Battery(facts, 0.2)
    worn.wear(0.6)
    gains = []
    for battery in (new, worn):
        before_j = battery.energy_j
        battery.charge(60.0)
        gains.append(battery.energy_j - before_j)
    assert gains[1] == pytest.approx(0.8 * gains[0], rel=0.01)


def test_wear_is_a_fault_within_limits(corridor, facts):
    world = World(corridor, 1, 1000.0, WorldSettings(walkers=0))
    world.join("r1", facts)
    apply_fault(world, BatteryWorn(robot="r1", health_fraction=0.7))
    assert world.bodies["r1"].battery.health == 0.7
    with pytest.raises(WorldError, match=r"health_fraction is 0\.1; give 0\.3 to 1"):
        apply_fault(world, BatteryWorn(robot="r1", health_fraction=0.1))
    assert HEALTH_LEAST == 0.3


@pytest.mark.parametrize("tick_s", [0.05, 1.0, 7.3, 200.0])
def test_the_dose_while_the_lamp_warms_up_does_not_depend_on_the_tick(tick_s):
    exposure, left_s = Exposure.at((3.0, 3.0), 100.0, SQUARE), 200.0
    while left_s > 1e-9:
        exposure.shine(min(tick_s, left_s))
        left_s -= min(tick_s, left_s)
    assert exposure.minimum_j_m2() == pytest.approx(min(exposure.irradiance) * warm_s(200.0))
    assert warm_s(200.0) == pytest.approx(200.0 - 0.3 * WARM_UP_S)


def test_an_old_lamp_gives_less():
    assert (ageing(0.0), ageing(LIFE_H / 2), ageing(3 * LIFE_H)) == (1.0, 0.9, LEFT_AT_END)
