"""What a building file says and we do not use, as notes for whoever imports it."""

from collections.abc import Collection, Iterable, Iterator

from maps.importers.rmf_file import Building, Properties, RawLevel, words

LANE_PROPERTIES = ("orientation", "mutex")
VERTEX_PROPERTIES = ("is_cleaning_zone", "is_passthrough_point", "dock_name", "human_goal_set_name")

_SAYS_NOTHING = ("", "false", "[]")


def unused(building: Building, on_lanes: Collection[str]) -> Iterator[str]:
    """One sentence for each property and level; `on_lanes` are the ids (level/index) of lane vertices."""
    for level in building.levels.values():
        yield from _counted((lane.properties for lane in level.lanes), LANE_PROPERTIES, "lanes", level)
        used = [
            vertex for index, vertex in enumerate(level.vertices) if f"{level.level_id}/{index}" in on_lanes
        ]
        yield from _counted((vertex.properties for vertex in used), VERTEX_PROPERTIES, "vertices", level)


def _counted(
    properties: Iterable[Properties], keys: tuple[str, ...], what: str, level: RawLevel
) -> Iterator[str]:
    entries = list(properties)
    for key in keys:
        count = sum(words(entry, key).lower() not in _SAYS_NOTHING for entry in entries)
        if count:
            yield f"{count} {what} of level {level.level_id} have '{key}', which is not used."


def robots(building: Building) -> Iterator[str]:
    """Where the file lets robots start: a hint for fleet settings, which a site does not hold."""
    starts = [
        f"{words(vertex.properties, 'spawn_robot_name')}"
        f" ({words(vertex.properties, 'spawn_robot_type') or 'of no type'}) at {level.level_id}/{index}"
        for level in building.levels.values()
        for index, vertex in enumerate(level.vertices)
        if words(vertex.properties, "spawn_robot_name")
    ]
    if starts:
        yield f"Robots start, as the file has it: {', '.join(starts)}."
