"""Trouble of bodies: power that goes in the middle of an action, batteries that run flat."""

import random

import msgspec

from simulators.cast import Cast, Maker, later, somebody
from simulators.faults import BatteryLevel, PowerFailure, apply_fault
from simulators.sim_robot import SimRobot

LOOK_S = 0.25
PATIENCE_S = 120.0
"""An action to be interrupted comes within this, or the trouble passes by."""
OFF_S = (5.0, 60.0)
PART = (0.6, 1.0)
CHARGED = (0.4, 1.0)
"""Of another machine: share of the model's speed and battery, and how full it is."""
CHANGED_FRACTION = 0.6
"""Of the battery that somebody puts in."""


def power_cut_in_action(cast: Cast, rng: random.Random) -> str:
    """The power goes when a tray is open, a lamp is lit or a robot is in a lift."""
    phase = rng.choice(("tray", "lamp", "lift"))
    dies, off_s = rng.random() < 0.5, rng.uniform(*OFF_S)
    cut_at(cast, phase, dies=dies, off_s=off_s)
    return f"at the next {phase}, for {off_s:.1f} s"


def cut_at(cast: Cast, phase: str, *, dies: bool, off_s: float, patience_s: float = PATIENCE_S) -> None:
    """Cut the power of the first robot that is in this phase: tray, lamp or lift. dies: its computer too."""
    until_s = cast.schedule.now_s + patience_s

    def look() -> None:
        name = next((name for name in cast.world.bodies if _is_in(cast, name, phase)), "")
        if name:
            _cut(cast, cast.robots[name], dies, off_s)
        elif cast.schedule.now_s < until_s:
            cast.schedule.after(LOOK_S, look)

    look()


def _is_in(cast: Cast, name: str, phase: str) -> bool:
    body = cast.world.bodies[name]
    if phase == "tray":
        return body.powered and body.devices.get("tray_lock") == "unlocked"
    if phase == "lamp":
        return body.is_lit
    return cast.world.building.cabin_at(body.mover.level, body.mover.point) is not None


def _cut(cast: Cast, robot: SimRobot, dies: bool, off_s: float) -> None:
    if dies:
        robot.crash()
    apply_fault(cast.world, PowerFailure(robot=robot.robot_id))
    cast.schedule.after(off_s, lambda: _power_up(cast, robot))


def _power_up(cast: Cast, robot: SimRobot) -> None:
    apply_fault(cast.world, PowerFailure(robot=robot.robot_id, failed=False))
    robot.boot()


def low_battery(cast: Cast, rng: random.Random) -> str:
    """The battery is suddenly under its reserve."""
    robot = somebody(cast, rng)
    fraction = robot.facts.reserve_fraction * rng.uniform(0.4, 0.95)
    apply_fault(cast.world, BatteryLevel(robot=robot.robot_id, fraction=fraction))
    return f"{robot.robot_id} {fraction:.0%}"


def flat_battery(cast: Cast, rng: random.Random) -> str:
    """It runs flat within seconds, wherever it is; somebody changes the battery."""
    robot = somebody(cast, rng)
    apply_fault(cast.world, BatteryLevel(robot=robot.robot_id, fraction=0.0002))

    def change() -> None:
        apply_fault(cast.world, BatteryLevel(robot=robot.robot_id, fraction=CHANGED_FRACTION))
        _power_up(cast, robot)

    return f"{robot.robot_id} {later(cast, rng, 20.0, 90.0, change)}"


def another_model(cast: Cast, rng: random.Random) -> str:
    """Somebody puts another machine there under the same id: slower, smaller battery, nothing remembered."""
    robot = somebody(cast, rng)
    robot.crash(forget=True)
    part = rng.uniform(*PART)
    facts = msgspec.structs.replace(
        robot.facts,
        speed_mps_max=robot.nominal.speed_mps_max * part,
        battery_wh=robot.nominal.battery_wh * part,
    )
    robot.facts = facts
    cast.world.bodies[robot.robot_id].becomes(facts, rng.uniform(*CHARGED))
    return f"{robot.robot_id} with {part:.0%} of speed and battery {later(cast, rng, 2.0, 30.0, robot.boot)}"


KINDS: dict[str, Maker] = {
    "power_cut_in_action": power_cut_in_action,
    "low_battery": low_battery,
    "flat_battery": flat_battery,
    "another_model": another_model,
}
