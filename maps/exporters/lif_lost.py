"""What a site holds and LIF 1.0.0 has no place for, counted, one sentence each."""

from collections.abc import Iterator

from maps.elements import NodeKind, Site
from maps.geometry import distance_m


def lost(site: Site) -> tuple[str, ...]:
    """Empty only for a site of waypoints and lanes in one language at 0 m."""
    return tuple(f"{_counted(count, one, many)}: {why}." for count, one, many, why in _entries(site) if count)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


Entry = tuple[int, str, str, str]


def _entries(site: Site) -> Iterator[Entry]:
    """(how many, word for one, word for many, what becomes of them)"""
    yield from _places(site)
    yield from _lanes(site)
    yield from _building(site)
    yield _languages(site), "name in further languages", "names in further languages", "LIF holds one name"
    yield 1, "time zone", "time zones", "LIF has none"
    yield int(site.origin is not None), "origin on the earth", "origins", "LIF counts metres from a point"
    yield len(site.notes), "note", "notes", "LIF has none"


def _places(site: Site) -> Iterator[Entry]:
    yield len(site.rooms), "room", "rooms", "a station without outline, kind, height and risk"
    yield len(site.zones), "zone", "zones", "LIF has none, and others drive there"
    sides = sum(node.side is not None for node in site.nodes)
    yield sides, "node's side", "nodes' sides", "clean and dirty are not told apart"
    doorways = sum(node.kind is NodeKind.DOOR for node in site.nodes)
    yield doorways, "doorway", "doorways", "a plain node, at which a robot may wait"


def _lanes(site: Site) -> Iterator[Entry]:
    points = {node.node_id: (node.x_m, node.y_m) for node in site.nodes}
    levels = {node.node_id: node.level for node in site.nodes}
    level = [edge for edge in site.edges if levels[edge.source] == levels[edge.target]]
    bent = sum(edge.length_m != distance_m(points[edge.source], points[edge.target]) for edge in level)
    yield bent, "lane's length", "lanes' lengths", "the straight distance is what LIF knows"
    yield (
        sum(edge.width_m is not None for edge in site.edges),
        "lane's width",
        "lanes' widths",
        "LIF has none",
    )
    models = sum(bool(edge.models) for edge in site.edges)
    yield models, "lane for some robot models", "lanes for some robot models", "open to the whole fleet graph"
    shut = sum(not edge.graphs for edge in site.edges)
    yield shut, "lane of no fleet graph", "lanes of no fleet graph", "left out"


def _building(site: Site) -> Iterator[Entry]:
    crossings = sum(len(edge.doors) for edge in site.edges)
    yield len(site.doors), "door", "doors", "LIF has none"
    yield crossings, "crossing of a door", "crossings of doors", "robots would not ask for them"
    yield len(site.lifts), "lift", "lifts", "edges to another layout, without cabin, shaft doors and speed"
    yield sum(len(level.walls) for level in site.levels), "wall", "walls", "LIF has none"
    plans = sum(level.floor_plan is not None for level in site.levels)
    yield plans, "floor plan", "floor plans", "LIF has none"
    elevated = sum(level.elevation_m != 0.0 for level in site.levels)
    yield elevated, "elevation of a level", "elevations of levels", "LIF has none"


def _languages(site: Site) -> int:
    parts = (site.names, *(level.names for level in site.levels), *(node.names for node in site.nodes))
    return sum(max(len(names) - 1, 0) for names in (*parts, *(room.names for room in site.rooms)))
