"""Messages that Foxglove shows, as JSON values, and the JSON schemas that go into a recording with them.

Names, fields and required fields as in Foxglove's published schemas (docs.foxglove.dev, message schemas).
Frames: 'site' is the site's own (x east, y north, z up); a robot's is its id, at its centre on the floor.
"""

import base64
import math
from collections.abc import Iterable, Sequence
from typing import Any

Json = dict[str, Any]
Colour = tuple[float, float, float, float]
"""Red, green, blue, alpha; 0 to 1."""
NS = 1_000_000_000
ROOT = "site"
LINE_LIST = 2
DEBUG, INFO, WARNING, ERROR = 1, 2, 3, 4
IDENTITY = {"x": 0.0, "y": 0.0, "z": 0.0, "w": 1.0}
LOOKING_AHEAD = {"x": -0.5, "y": 0.5, "z": -0.5, "w": 0.5}
"""From a robot's axes (x ahead) to a camera's (z ahead, x to the right)."""

# -- parts ---------------------------------------------------------------------------------------------


def stamp_ns(now_s: float) -> int:
    """World time in whole microseconds, as ns: what a float holds of Unix time."""
    return round(now_s * 1e6) * 1000


def time_of(at_ns: int) -> Json:
    return {"sec": at_ns // NS, "nsec": at_ns % NS}


def vector(x: float, y: float, z: float) -> Json:
    return {"x": round(x, 4), "y": round(y, 4), "z": round(z, 4)}


def turned(yaw_rad: float) -> Json:
    """The quaternion of a turn about the vertical."""
    return {"x": 0.0, "y": 0.0, "z": math.sin(yaw_rad / 2.0), "w": math.cos(yaw_rad / 2.0)}


def colour(value: Colour) -> Json:
    return dict(zip("rgba", value, strict=True))


def pose(x: float, y: float, z: float, yaw_rad: float = 0.0) -> Json:
    return {"position": vector(x, y, z), "orientation": turned(yaw_rad)}


def cylinder(at: Json, size: tuple[float, float, float], paint: Colour, top: float = 1.0) -> Json:
    scales = {"bottom_scale": 1.0, "top_scale": top}
    return {"pose": at, "size": vector(*size), **scales, "color": colour(paint)}


def cube(at: Json, size: tuple[float, float, float], paint: Colour) -> Json:
    return {"pose": at, "size": vector(*size), "color": colour(paint)}


def lines(points: Sequence[tuple[float, float, float]], width_m: float, paint: Colour) -> Json:
    """Every two points are a line of their own."""
    return {
        "type": LINE_LIST,
        "pose": {"position": vector(0.0, 0.0, 0.0), "orientation": IDENTITY},
        "thickness": width_m,
        "scale_invariant": False,
        "points": [vector(*point) for point in points],
        "color": colour(paint),
        "colors": [],
        "indices": [],
    }


def text(at: Json, words: str, size_m: float, paint: Colour) -> Json:
    looks = {"billboard": True, "font_size": size_m, "scale_invariant": False}
    return {"pose": at, **looks, "color": colour(paint), "text": words}


PRIMITIVES = ("arrows", "cubes", "spheres", "cylinders", "lines", "triangles", "texts", "models")


def entity(at_ns: int, entity_id: str, frame_id: str = ROOT, **primitives: Iterable[Json]) -> Json:
    """It replaces the one with the same id on the same topic and stays until then."""
    return {
        "timestamp": time_of(at_ns),
        "frame_id": frame_id,
        "id": entity_id,
        "lifetime": {"sec": 0, "nsec": 0},
        "frame_locked": frame_id != ROOT,
        "metadata": [],
        **{kind: list(primitives.get(kind, ())) for kind in PRIMITIVES},
    }


# -- messages ------------------------------------------------------------------------------------------


def scene(entities: Iterable[Json], deletions: Iterable[Json] = ()) -> Json:
    return {"deletions": list(deletions), "entities": list(entities)}


def deletion(at_ns: int, entity_id: str) -> Json:
    return {"timestamp": time_of(at_ns), "type": 0, "id": entity_id}


def transform(at_ns: int, parent: str, child: str, translation: Json, rotation: Json) -> Json:
    frames = {"parent_frame_id": parent, "child_frame_id": child}
    return {"timestamp": time_of(at_ns), **frames, "translation": translation, "rotation": rotation}


def pose_in_frame(at_ns: int, at: Json) -> Json:
    return {"timestamp": time_of(at_ns), "frame_id": ROOT, "pose": at}


def compressed_image(at_ns: int, frame_id: str, jpeg: bytes) -> Json:
    data = base64.b64encode(jpeg).decode("ascii")
    return {"timestamp": time_of(at_ns), "frame_id": frame_id, "data": data, "format": "jpeg"}


def log(at_ns: int, level: int, name: str, message: str) -> Json:
    where = {"name": name, "file": "", "line": 0}
    return {"timestamp": time_of(at_ns), "level": level, "message": message, **where}


# -- schemas -------------------------------------------------------------------------------------------


def _object(title: str = "", **properties: Any) -> Json:
    named = {"title": title} if title else {}
    return {**named, "type": "object", "properties": properties, "required": list(properties)}


def _array(items: Json) -> Json:
    return {"type": "array", "items": items}


def _titled(title: str, names: str) -> Json:
    return _object(title, **{name: {"type": "number"} for name in names})


def schemas() -> dict[str, Json]:
    """By name, for what the functions above make."""
    number, string, flag, whole = ({"type": kind} for kind in ("number", "string", "boolean", "integer"))
    at = {"type": "object", "title": "time", "properties": {"sec": whole, "nsec": whole}}
    span = {**at, "title": "duration"}
    xyz, quaternion = _titled("foxglove.Vector3", "xyz"), _titled("foxglove.Quaternion", "xyzw")
    paint, point = _titled("foxglove.Color", "rgba"), _titled("foxglove.Point3", "xyz")
    placed = _object("foxglove.Pose", position=xyz, orientation=quaternion)
    solid = {"pose": placed, "size": xyz, "color": paint}
    tapered = {"pose": placed, "size": xyz, "bottom_scale": number, "top_scale": number, "color": paint}
    drawn = {"type": whole, "pose": placed, "thickness": number, "scale_invariant": flag}
    written = {"pose": placed, "billboard": flag, "font_size": number, "scale_invariant": flag}
    unused: Json = {"type": "array", "items": {"type": "object"}}
    kinds = {
        **dict.fromkeys(PRIMITIVES, unused),
        "cubes": _array(_object("foxglove.CubePrimitive", **solid)),
        "cylinders": _array(_object("foxglove.CylinderPrimitive", **tapered)),
        "lines": _array(
            _object(
                "foxglove.LinePrimitive",
                **drawn,
                points=_array(point),
                color=paint,
                colors=_array(paint),
                indices=_array(whole),
            )
        ),
        "texts": _array(_object("foxglove.TextPrimitive", **written, color=paint, text=string)),
    }
    pair = _object("foxglove.KeyValuePair", key=string, value=string)
    placing = {"timestamp": at, "frame_id": string}
    of_time = {"id": string, "lifetime": span, "frame_locked": flag, "metadata": _array(pair)}
    thing = _object("foxglove.SceneEntity", **placing, **of_time, **kinds)
    gone = _object("foxglove.SceneEntityDeletion", timestamp=at, type=whole, id=string)
    frames = {"parent_frame_id": string, "child_frame_id": string}
    moved = _object("foxglove.FrameTransform", timestamp=at, **frames, translation=xyz, rotation=quaternion)
    picture = {"type": "string", "contentEncoding": "base64"}
    found = (
        _object("foxglove.SceneUpdate", deletions=_array(gone), entities=_array(thing)),
        _object("foxglove.FrameTransforms", transforms=_array(moved)),
        _object("foxglove.PoseInFrame", **placing, pose=placed),
        _object("foxglove.CompressedImage", **placing, data=picture, format=string),
        _object(
            "foxglove.Log", timestamp=at, level=whole, message=string, name=string, file=string, line=whole
        ),
    )
    return {schema["title"]: schema for schema in found}
