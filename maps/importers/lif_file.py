"""The words of LIF 1.0.0 (VDMA Layout Interchange Format), for reading and for writing.

The shapes are those of the format's own schema: unknown fields are allowed, as there. What the schema cannot
say (ids that must be there, lists that must not be empty) is the importer's business.
Source: VDMA LIF guideline 1.0.0, github.com/Intralogistics-2X-LIF/Layout-Interchange-Format.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from maps.errors import SiteError

VERSION = "1.0.0"


class Words(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Field names are camelCase in the file; an optional field is left out, never null."""


class RequirementType(StrEnum):
    REQUIRED = "REQUIRED"
    CONDITIONAL = "CONDITIONAL"
    OPTIONAL = "OPTIONAL"


class BlockingType(StrEnum):
    NONE = "NONE"
    SOFT = "SOFT"
    HARD = "HARD"


class OrientationType(StrEnum):
    GLOBAL = "GLOBAL"
    TANGENTIAL = "TANGENTIAL"


class Rotation(StrEnum):
    NONE = "NONE"
    CCW = "CCW"
    CW = "CW"
    BOTH = "BOTH"


class MetaInformation(Words, frozen=True, kw_only=True):
    project_identification: str
    creator: str
    export_timestamp: str
    lif_version: str


class ActionParameter(Words, frozen=True, kw_only=True):
    key: str
    value: str


class Action(Words, frozen=True, kw_only=True):
    action_type: str
    blocking_type: BlockingType
    action_description: str = ""
    requirement_type: RequirementType | UnsetType = UNSET
    action_parameters: tuple[ActionParameter, ...] = ()


class NodePosition(Words, frozen=True, kw_only=True):
    """Metres from the origin that all layouts of a file share."""

    x: float
    y: float


class NodeVehicle(Words, frozen=True, kw_only=True):
    """What a type of vehicle does at a node."""

    vehicle_type_id: str
    theta: float | UnsetType = UNSET
    actions: tuple[Action, ...] = ()


class LifNode(Words, frozen=True, kw_only=True):
    node_id: str
    node_position: NodePosition
    vehicle_type_node_properties: tuple[NodeVehicle, ...]
    node_name: str = ""
    node_description: str = ""
    map_id: str = ""


class ControlPoint(Words, frozen=True, kw_only=True):
    x: float
    y: float
    weight: Annotated[float, Meta(ge=1.0)] = 1.0


class Trajectory(Words, frozen=True, kw_only=True):
    """A NURBS."""

    knot_vector: tuple[Annotated[float, Meta(ge=0.0, le=1.0)], ...]
    control_points: tuple[ControlPoint, ...]
    degree: Annotated[float, Meta(ge=1.0)] = 1.0


class LoadRestriction(Words, frozen=True, kw_only=True):
    unloaded: bool
    loaded: bool
    load_set_names: tuple[str, ...] = ()


class EdgeVehicle(Words, frozen=True, kw_only=True):
    """How a type of vehicle drives along an edge."""

    vehicle_type_id: str
    rotation_allowed: bool
    vehicle_orientation: float | UnsetType = UNSET
    orientation_type: OrientationType | UnsetType = UNSET
    rotation_at_start_node_allowed: Rotation | UnsetType = UNSET
    rotation_at_end_node_allowed: Rotation | UnsetType = UNSET
    max_speed: float | UnsetType = UNSET
    max_rotation_speed: float | UnsetType = UNSET
    min_height: float | UnsetType = UNSET
    max_height: float | UnsetType = UNSET
    load_restriction: LoadRestriction | UnsetType = UNSET
    actions: tuple[Action, ...] = ()
    trajectory: Trajectory | UnsetType = UNSET
    reentry_allowed: bool | UnsetType = UNSET


class LifEdge(Words, frozen=True, kw_only=True):
    edge_id: str
    start_node_id: str
    end_node_id: str
    vehicle_type_edge_properties: tuple[EdgeVehicle, ...]
    edge_name: str = ""
    edge_description: str = ""


class StationPosition(Words, frozen=True, kw_only=True):
    x: float
    y: float
    theta: float | UnsetType = UNSET


class Station(Words, frozen=True, kw_only=True):
    """Where a vehicle does something; nodes that lead to it."""

    station_id: str
    interaction_node_ids: tuple[str, ...]
    station_name: str = ""
    station_description: str = ""
    station_height: Annotated[float, Meta(ge=0.0)] | UnsetType = UNSET
    station_position: StationPosition | UnsetType = UNSET


class Layout(Words, frozen=True, kw_only=True):
    """One plane: a level, or a part of one."""

    layout_id: str
    layout_version: str
    nodes: tuple[LifNode, ...]
    edges: tuple[LifEdge, ...]
    stations: tuple[Station, ...]
    layout_name: str = ""
    layout_level_id: str = ""
    layout_description: str = ""


class Document(Words, frozen=True, kw_only=True):
    meta_information: MetaInformation
    layouts: tuple[Layout, ...]


# -- reading ---------------------------------------------------------------------------------------------

KINDS = {
    "array": "a list",
    "object": "a group of fields",
    "str": "text",
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "null": "null",
}
BEARERS = {"layouts": "layoutId", "nodes": "nodeId", "edges": "edgeId", "stations": "stationId"}
"""Lists whose items have an id, by which complaints call them."""


def read_document(value: Any, file: str) -> Document:
    """The document in this JSON value. Raises SiteError that names file, element and fix."""
    if isinstance(value, dict) and "layouts" not in value and "origins" in value:
        raise SiteError(
            "is a LIF 2 file, which has 'origins'", file=file, hint="export the layout as LIF 1.0.0"
        )
    try:
        return msgspec.convert(value, Document, strict=True)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        raise SiteError(
            _in_words(message),
            file=file,
            element=element_of(value, path.rstrip("`")),
            hint="correct it as the LIF 1.0.0 schema has it, or export the layout again",
        ) from None


def element_of(value: Any, path: str) -> str:
    """'.layouts[0].nodes[2].nodePosition' in words: "layout 'hall', node 'N3', nodePosition"."""
    return ", ".join(_steps(value, re.findall(r"[^.\[\]]+", path)))


def _steps(value: Any, keys: list[str]) -> Iterator[str]:
    place, number = 0, len(keys)
    while place < number:
        key = keys[place]
        value = value.get(key) if isinstance(value, dict) else None
        if place + 1 < number and keys[place + 1].isdecimal():
            index = int(keys[place + 1])
            value = value[index] if isinstance(value, list) else None
            yield _item(key, index, value)
            place += 1
        else:
            yield key
        place += 1


def _item(key: str, index: int, value: Any) -> str:
    name = value.get(BEARERS[key]) if key in BEARERS and isinstance(value, dict) else None
    return f"{key.removesuffix('s')} '{name}'" if isinstance(name, str) else f"{key} {index + 1}"


def _in_words(message: str) -> str:
    """What is wrong, without the names of Python's types."""
    if match := re.fullmatch(r"Expected `(\w+)`, got `(\w+)`", message):
        wanted, got = (KINDS.get(word, word) for word in match.groups())
        return f"{got} is written where {wanted} is needed"
    if match := re.fullmatch(r"Object missing required field `(\w+)`", message):
        return f"'{match[1]}' is missing"
    if match := re.fullmatch(r"Expected `\w+` ([<>]=) ([\d.]+)", message):
        return f"the number must be {'at least' if match[1] == '>=' else 'at most'} {float(match[2]):g}"
    if match := re.fullmatch(r"Invalid enum value '(.*)'", message, re.DOTALL):
        return f"'{match[1]}' is not a word that is known here"
    return message[:1].lower() + message[1:]
