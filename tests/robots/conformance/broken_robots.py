"""Robots that are wrong on purpose, each in one way. What catches it is in test_judge.py."""

import msgspec

from robots import protocol as wire
from robots.drivers import base
from tests.robots.conformance.rig import Robot

replace = msgspec.structs.replace


class DrivesHorizon(Robot):
    def hears(self, message):
        if isinstance(message, wire.Order):
            return (replace(message, base=(*message.base, *message.horizon)),)
        return (message,)


class PassesNodesTwice(Robot):
    def says(self, message):
        return (message, message) if isinstance(message, wire.NodePassed) else (message,)


class LeavesOutFirstNode(Robot):
    def says(self, message):
        return () if isinstance(message, wire.NodePassed) and message.seq == 0 else (message,)


class ForgetsAtRestart(Robot):
    def loads(self):
        return None


class ForgetsThePause(Robot):
    def loads(self):
        return None if self.disk is None else replace(self.disk, mode="autonomous")


class AnswersNoPing(Robot):
    def says(self, message):
        return () if isinstance(message, wire.Pong) else (message,)


class AnswersPingWithItsOwnClock(Robot):
    def says(self, message):
        return (wire.Pong(stamp_s=self.now_s),) if isinstance(message, wire.Pong) else (message,)


class NewBootIdAtEveryConnect(Robot):
    def says(self, message):
        if isinstance(message, wire.Hello):
            return (replace(message, boot_id=f"boot-{self.connections}"),)
        return (message,)


class SameBootIdForEver(Robot):
    def boot_id(self):
        return "boot"


class SpeaksBeforeHello(Robot):
    def says(self, message):
        if isinstance(message, wire.Hello):
            return (wire.Pong(stamp_s=0.0), message)
        return (message,)


class MillimetresInTheFactsheet(Robot):
    def says(self, message):
        if isinstance(message, wire.Hello):
            return (replace(message, factsheet=replace(message.factsheet, radius_m=280.0)),)
        return (message,)


class StateEveryFiveSeconds(Robot):
    said_s = -10.0

    def says(self, message):
        if isinstance(message, wire.State):
            if self.now_s < self.said_s + 5.0:
                return ()
            self.said_s = self.now_s
        return (message,)


class ActsOnEveryRepetition(Robot):
    """Every copy of an instant action is a new one to it."""

    copies = 0

    def hears(self, message):
        if isinstance(message, wire.InstantAction):
            self.copies += 1
            self.alias = message.instant_id
            return (replace(message, instant_id=f"copy-{self.copies}"),)
        return (message,)

    def says(self, message):
        if isinstance(message, wire.Ack) and message.ref.startswith("copy-"):
            return (replace(message, ref=self.alias),)
        return (message,)


class AcknowledgesCancelAtOnce(Robot):
    def hears(self, message):
        if isinstance(message, wire.Cancel):
            self.out.append(self.codec.encode(wire.Ack(ref=message.cancel_id)))
        return (message,)


class FinishesCancelledOrders(Robot):
    """It hears a cancel only when it has arrived."""

    def hears(self, message):
        if isinstance(message, wire.Cancel):
            self.waiting = message
            return ()
        return (message,)

    def tick(self, number):
        super().tick(number)
        waiting = getattr(self, "waiting", None)
        if waiting is not None and not self.body.path:
            self.waiting = None
            self.feed(waiting)


class PausesOnlyInWords(Robot):
    def drives(self, message):
        asked = self.agent is not None and self.agent.mode == "paused"
        return () if asked and isinstance(message, base.Drive) else (message,)


class ResumesByItself(Robot):
    """Three seconds after a stop it goes on."""

    stopped_s = None

    def hears(self, message):
        if isinstance(message, wire.InstantAction) and message.verb is wire.InstantVerb.STOP:
            self.stopped_s = self.now_s
        return (message,)

    def tick(self, number):
        super().tick(number)
        if self.stopped_s is not None and self.now_s > self.stopped_s + 3.0:
            self.stopped_s = None
            self.feed(wire.InstantAction(instant_id=f"own-{number}", verb=wire.InstantVerb.RESUME))


class EndsActionsTwice(Robot):
    def says(self, message):
        last = isinstance(message, wire.ActionEvent) and message.status is wire.ActionStatus.FINISHED
        return (message, message) if last else (message,)


class NeverSaysTheEndAgain(Robot):
    def says(self, message):
        if isinstance(message, wire.ActionEvent) and message.status is wire.ActionStatus.FINISHED:
            said, self.said = getattr(self, "said", ""), message.action_id
            return () if said == message.action_id or self.lost(message) else (message,)
        return (message,)

    def lost(self, message):
        return self.connections > getattr(self, "began_on", self.connections)

    def hears(self, message):
        if isinstance(message, wire.Order) and message.action is not None:
            self.began_on = self.connections
        return (message,)


class DiesOfRubbish(Robot):
    def unreadable(self):
        self.kill()


class AcceptsAnything(Robot):
    def says(self, message):
        if isinstance(message, wire.OrderRefused):
            return (wire.OrderAccepted(order_id=message.order_id, order_update_id=message.order_update_id),)
        return (message,)


class RefusesWithoutAReason(Robot):
    def says(self, message):
        return (replace(message, message=""),) if isinstance(message, wire.OrderRefused) else (message,)


class RefusesGaps(Robot):
    def says(self, message):
        if isinstance(message, wire.Fault) and message.code == "order_gap" and not message.cleared:
            return (wire.OrderRefused(order_id="conform", order_update_id=3, message="gap"),)
        return (message,)


class IgnoresSpeedLimits(Robot):
    def drives(self, message):
        if isinstance(message, base.Drive):
            return (base.Drive(path=tuple(replace(p, speed_mps_max=0.9) for p in message.path)),)
        return (message,)


class StopsAtEveryNode(Robot):
    """It drives to one node at a time, and waits there."""

    def drives(self, message):
        self.later = ()
        if isinstance(message, base.Drive) and len(message.path) > 1:
            self.later = message.path[1:]
            return (base.Drive(path=message.path[:1]),)
        return (message,)

    def tick(self, number):
        super().tick(number)
        later = getattr(self, "later", ())
        if later and not self.body.path and number % 30 == 0:
            self.later = later[1:]
            self.body.tell(base.Drive(path=later[:1]))


class WaitsForEver(Robot):
    """A silent link is no broken one to it."""

    def __init__(self, body):
        super().__init__(body)
        self.silence_s = 1e9


class FloodsPoses(Robot):
    def says(self, message):
        return (message,) * 5 if isinstance(message, wire.Pose) else (message,)


class EndsWithoutBye(Robot):
    def says(self, message):
        return () if isinstance(message, wire.Bye) else (message,)


class IgnoresTheVersion(Robot):
    def hears(self, message):
        if isinstance(message, wire.Refused):
            return (replace(message, code="duplicate"),)
        return (message,)


class SendsPicturesWithoutHeader(Robot):
    def frame(self, header, jpeg):
        return (jpeg,)


class CountsBatteryInPercent(Robot):
    def says(self, message):
        if isinstance(message, wire.State):
            return (replace(message, battery_fraction=100 * message.battery_fraction),)
        return (message,)
