"""One robot's body: wheels, battery, tanks, lamp, tray, screen. It does as its driver says and reports.

It knows neither site nor other bodies: the world tells it how far the way is free, whether a charger is
under it, what its sensors see, which room its lamp lights.
"""

import math
from collections.abc import Callable

from maps.elements import Room
from robots.drivers import base
from robots.protocol import Factsheet
from simulators.battery import Battery
from simulators.geometry import wrapped
from simulators.lamp import Exposure, ageing
from simulators.motion import Mover
from simulators.noise import Localisation

REST_REPORT_S = 1.0
ENERGY_REPORT_S = 5.0
DOSE_REPORT_S = 1.0
HOURS_S = 3600.0
DIGITS = 3


class Body:
    """motion_s: time between Motion reports while it moves."""

    def __init__(
        self, robot_id: str, facts: Factsheet, place: base.Waypoint, fraction: float, *, motion_s: float = 0.1
    ) -> None:
        self.robot_id = robot_id
        self.facts = facts
        self.mover = Mover(
            place,
            speed_mps_max=facts.speed_mps_max,
            acceleration_mps2=facts.acceleration_mps2,
            turn_radps=facts.turn_radps_max,
        )
        self.battery = Battery(facts, fraction)
        self.localisation = Localisation(robot_id, 0.0)
        """Its pose as it believes it; the truth is the mover's."""
        self.sprayed_s: float | None = None
        """Up to here its tanks are drained."""
        self.read: Callable[[], dict[str, float]] = dict
        """What its environmental sensors read now."""
        self.tanks_ml = dict(facts.tanks_ml)
        self.lamps_hours = dict.fromkeys(facts.lamps_w, 0.0)
        self.devices: dict[str, str] = {"tray_lock": "locked"}
        self.texts: dict[str, str] = {}
        """On its screen."""
        self.watched = ""
        self.loaded = False
        self.powered = True
        self.at_charger = False
        self.exposure: Exposure | None = None
        self.blocked_by = "nothing"
        self.captures: list[str] = []
        """Tags of pictures to take."""
        self._motion_s = motion_s
        self._due_s = {"motion": -math.inf, "energy": -math.inf, "dose": -math.inf}
        self._was_moving = False
        self._by_hand = False
        self._was_charging = False
        self._out: list[base.FromBody] = []

    # -- what it is told --------------------------------------------------------------------------------

    def tell(self, message: base.ToBody) -> None:
        """Without power it hears nothing."""
        if not self.powered:
            return
        if isinstance(message, base.Drive):
            self._out += [base.Reached(seq=seq) for seq in self.mover.drive(message.path)]
        elif isinstance(message, base.Halt):
            self.mover.halt()
        elif isinstance(message, base.SetDevice):
            self._set(message.device, message.value)
        elif isinstance(message, base.Capture):
            self.captures.append(message.tag)
        elif isinstance(message, base.Watch):
            self._watch(message.door)
        else:
            self.texts = message.texts

    def _set(self, device: str, value: str) -> None:
        self.devices[device] = value
        if device == "lamp" and self.exposure is not None:
            self.exposure.lit_s = 0.0

    def _watch(self, door: str) -> None:
        """Pairing with a room's sensor begins a treatment: its doses start at zero."""
        self.watched = door
        if door:
            self.exposure = None

    def becomes(self, facts: Factsheet, fraction: float) -> None:
        """Another machine stands where this one stood."""
        mover = self.mover
        place = base.Waypoint(
            x_m=mover.x_m,
            y_m=mover.y_m,
            level=mover.level,
            seq=-1,
            speed_mps_max=0.0,
            yaw_rad=mover.yaw_rad,
        )
        self.facts, self.battery = facts, Battery(facts, fraction)
        self.mover = Mover(
            place,
            speed_mps_max=facts.speed_mps_max,
            acceleration_mps2=facts.acceleration_mps2,
            turn_radps=facts.turn_radps_max,
        )
        self.devices, self.watched, self.exposure = {"tray_lock": "locked"}, "", None
        self.restarted("another machine stands here; it holds still until it is told to drive")

    @property
    def is_lit(self) -> bool:
        return self.powered and self.devices.get("lamp") == "on" and bool(self.facts.lamps_w)

    @property
    def is_charging(self) -> bool:
        switched = self.powered and self.devices.get("charger") == "on"
        return switched and self.at_charger and not self.mover.is_moving and self.battery.fraction < 1.0

    def cut_power(self) -> None:
        """Everything goes out; the brakes hold by themselves."""
        self.powered = False
        self.mover.halt()
        self.devices["lamp"] = self.devices["charger"] = "off"

    # -- time passes ------------------------------------------------------------------------------------

    def advance(self, tick_s: float, clear_m: float, obstacle: str) -> None:
        """clear_m is the free way ahead, obstacle what ends it ('nothing' for none)."""
        reached = self.mover.advance(tick_s, clear_m)
        self._out += [base.Reached(seq=seq) for seq in reached]
        if obstacle != self.blocked_by:
            self.blocked_by = obstacle
            self._out.append(base.Blocked(what=obstacle))
        self._use_energy(tick_s)

    def _use_energy(self, tick_s: float) -> None:
        if not self.powered:
            return
        moving = self.mover.is_moving
        self.battery.draw(tick_s, moving=moving, actions=("uv_expose",) if self.is_lit else ())
        if self.is_charging:
            self.battery.charge(tick_s)
        if self.battery.is_empty:
            fault = base.BodyFault(code="battery_empty", message="the battery is empty: push it to a charger")
            self._out.append(fault)
            self.cut_power()

    def shine(self, tick_s: float, room: Room | None) -> None:
        """The lamp is lit in this room for tick_s. Doses add up while it stands at the same point."""
        for lamp in self.lamps_hours:
            self.lamps_hours[lamp] += tick_s / HOURS_S
        if room is None:
            return
        here = self.exposure
        if here is None or here.room is not room or math.dist(here.lamp, self.mover.point) > 0.1:
            here = Exposure.at(self.mover.point, self._lamp_w(), room)
            self.exposure = here
        here.shine(tick_s)

    def _lamp_w(self) -> float:
        return sum(watt * ageing(self.lamps_hours[lamp]) for lamp, watt in self.facts.lamps_w.items())

    # -- what it reports --------------------------------------------------------------------------------

    def confirm(self, what: str, value: str = "") -> None:
        """A person did something at its screen or tray."""
        if self.powered:
            self._out.append(base.Confirmed(what=what, value=value))

    def restarted(self, message: str) -> None:
        """It lost power, or its world was started again: what it was told before is forgotten."""
        self.powered = True
        fault = base.BodyFault(code="restarted", message=message)
        self._out += [fault, base.BodyFault(code=fault.code, message=message, cleared=True)]
        if not self.battery.is_empty:
            changed = "its battery was changed"
            self._out.append(base.BodyFault(code="battery_empty", message=changed, cleared=True))
        self.report_all()

    def steered(self, *, by_hand: bool) -> None:
        """A person takes its handle, or lets go of it."""
        if by_hand != self._by_hand:
            self._by_hand = by_hand
            said = "a person steers it" if by_hand else "nobody steers it any more"
            self._out.append(base.BodyFault(code="manual", message=said, cleared=not by_hand))

    def report_all(self) -> None:
        """Somebody has just connected: say everything at the next chance."""
        self._due_s = dict.fromkeys(self._due_s, -math.inf)

    def reports(self, now_s: float) -> list[base.FromBody]:
        """What is to be said now."""
        self._report_motion(now_s)
        self._report_energy(now_s)
        if self.is_lit and self.exposure is not None and now_s >= self._due_s["dose"]:
            self._due_s["dose"] = now_s + DOSE_REPORT_S
            self._out.append(self._dose(self.exposure))
        out, self._out = self._out, []
        return out if self.powered else [m for m in out if isinstance(m, base.BodyFault)]

    def _report_motion(self, now_s: float) -> None:
        mover = self.mover
        if now_s < self._due_s["motion"] and mover.is_moving == self._was_moving:
            return
        self._was_moving = mover.is_moving
        # ticks are multiples of the period but for rounding
        self._due_s["motion"] = now_s + (self._motion_s if mover.is_moving else REST_REPORT_S) - 1e-6
        dx_m, dy_m, turn_rad = self.localisation.error(now_s, mover.yaw_rad, mover.speed_mps)
        self._out.append(
            base.Motion(
                level=mover.level,
                x_m=round(mover.x_m + dx_m, DIGITS),
                y_m=round(mover.y_m + dy_m, DIGITS),
                yaw_rad=round(wrapped(mover.yaw_rad + turn_rad), DIGITS),
                speed_mps=round(mover.speed_mps, DIGITS),
            )
        )

    def _report_energy(self, now_s: float) -> None:
        if now_s < self._due_s["energy"] and self.is_charging == self._was_charging:
            return
        self._was_charging = self.is_charging
        self._due_s["energy"] = now_s + ENERGY_REPORT_S
        self._out.append(
            base.Energy(
                battery_fraction=round(self.battery.fraction, 5),
                charging=self.is_charging,
                tanks_ml={tank: round(left, DIGITS) for tank, left in self.tanks_ml.items()},
                lamps_hours={lamp: round(hours, 4) for lamp, hours in self.lamps_hours.items()},
                readings=self.read(),
            )
        )

    def _dose(self, exposure: Exposure) -> base.Dose:
        return base.Dose(
            minimum_j_m2=round(exposure.minimum_j_m2(), 2),
            p5_j_m2=round(exposure.p5_j_m2(), 2),
            covered_fraction=round(exposure.covered_fraction(), 3),
        )
