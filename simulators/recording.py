"""Records a world to MCAP: poses, states, pictures and the scene, as Foxglove and `fleet sim replay` read it.

It only reads the world. Times are world time. docs/simulators/recording.md lists the topics.
"""

import math
from pathlib import Path
from typing import Any

from robots.drivers.base import Announce, BodyFault, Frame, ToBody
from simulators import foxglove as fg
from simulators.mcap_file import McapFile
from simulators.recorded_scene import EYE_M, Scenery
from simulators.world import Happenings, World
from simulators.world_state import state_of

STATE, ROBOT = "cityfleet.WorldState", "cityfleet.RobotState"
POSES_S = 0.1
SCENE_S = 0.2
FORMAT = "1"


class Recorder:
    """seed, speed and started are written down with it. Raises OSError when the disk does not take it."""

    def __init__(self, world: World, path: Path, *, seed: int, speed: float) -> None:
        self._world = world
        self._scenery = Scenery(world)
        self._known: dict[str, None] = {}
        self._due_s = {"poses": -math.inf, "scene": -math.inf}
        facts = {
            "format": FORMAT,
            "site": world.graph.site.site_id,
            "map_digest": world.graph.content_hash(),
            "seed": str(seed),
            "speed": f"{speed:g}",
            "started_s": f"{world.now_s:.6f}",
        }
        self.file = McapFile(path, {**fg.schemas(), **_own_schemas()}, facts)
        self._add("/world/plan", "foxglove.SceneUpdate", self._scenery.plan(self._now_ns))
        self.note(fg.INFO, "recording", f"recording of {facts['site']} begins at speed {facts['speed']}")
        self.happened(Happenings())
        self.file.flush()

    @property
    def _now_ns(self) -> int:
        return fg.stamp_ns(self._world.now_s)

    def _add(self, topic: str, schema: str, message: Any) -> None:
        self.file.add(topic, schema, self._now_ns, message)

    # -- what is recorded ------------------------------------------------------------------------------

    def happened(self, happenings: Happenings) -> None:
        """After every step of the world."""
        for robot_id, message in happenings.from_body:
            if isinstance(message, Frame):
                image = fg.compressed_image(self._now_ns, f"{robot_id}/camera", message.jpeg)
                self._add(f"/{robot_id}/camera", "foxglove.CompressedImage", image)
            elif isinstance(message, BodyFault):
                gone = "is over: " if message.cleared else ""
                self.note(fg.WARNING, robot_id, f"fault {message.code} {gone}{message.message}")
        if self._is_due("poses", POSES_S):
            self._poses()
        if self._is_due("scene", SCENE_S):
            self._scene()
        self.file.flush_if_due()

    def told(self, robot_id: str, message: ToBody) -> None:
        """A robot's program said something to its body."""
        if isinstance(message, Announce):
            words = message.texts.get("en") or next(iter(message.texts.values()), "")
            self.note(fg.INFO, robot_id, f"says: {words}")

    def note(self, level: int, name: str, message: str) -> None:
        """An event in words."""
        self._add("/world/events", "foxglove.Log", fg.log(self._now_ns, level, name, message))

    def close(self) -> None:
        """The end of the recording. Its last moment is in it."""
        self._due_s = dict.fromkeys(self._due_s, -math.inf)
        self.happened(Happenings())
        self.note(fg.INFO, "recording", "recording ends")
        self.file.close()

    def _is_due(self, what: str, period_s: float) -> bool:
        if self._world.now_s < self._due_s[what]:
            return False
        self._due_s[what] = self._world.now_s + period_s - 1e-6
        return True

    def _poses(self) -> None:
        transforms = []
        for robot_id, body in self._world.bodies.items():
            at = self._scenery.pose_of(body)
            self._add(f"/{robot_id}/pose", "foxglove.PoseInFrame", fg.pose_in_frame(self._now_ns, at))
            place, turn = at["position"], at["orientation"]
            transforms.append(fg.transform(self._now_ns, fg.ROOT, robot_id, place, turn))
            eye = fg.vector(0.0, 0.0, EYE_M)
            camera = f"{robot_id}/camera"
            transforms.append(fg.transform(self._now_ns, robot_id, camera, eye, fg.LOOKING_AHEAD))
        if transforms:
            self._add("/tf", "foxglove.FrameTransforms", {"transforms": transforms})

    def _scene(self) -> None:
        state = state_of(self._world)
        gone = [robot_id for robot_id in self._known if robot_id not in state["bodies"]]
        self._known = dict.fromkeys(state["bodies"])
        deletions = [fg.deletion(self._now_ns, robot_id) for robot_id in gone]
        entities = self._scenery.moving(self._now_ns)
        self._add("/world/scene", "foxglove.SceneUpdate", fg.scene(entities, deletions))
        self._add("/world/state", STATE, state)
        for robot_id, body in state["bodies"].items():
            self._add(f"/{robot_id}/state", ROBOT, body)


def _own_schemas() -> dict[str, dict[str, Any]]:
    thing, number, string, flag = ({"type": kind} for kind in ("object", "number", "string", "boolean"))
    world = {"site": string, "now_s": number, "fire": flag, "bodies": thing, "doors": thing, "lifts": thing}
    lists = {key: {"type": "array"} for key in ("persons", "obstacles")}
    robot = {
        **dict.fromkeys(("model", "level", "blocked_by"), string),
        **dict.fromkeys(("x_m", "y_m", "yaw_rad", "speed_mps", "battery_fraction"), number),
        **dict.fromkeys(("charging", "powered", "loaded", "lit"), flag),
        "devices": thing,
    }
    return {
        STATE: {"title": STATE, "type": "object", "properties": {**world, **lists}},
        ROBOT: {"title": ROBOT, "type": "object", "properties": robot},
    }
