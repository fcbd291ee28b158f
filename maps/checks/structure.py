"""Does the site hang together: unique ids, and nothing named that is not there."""

from collections.abc import Iterable, Iterator

from maps.elements import Site
from maps.findings import Finding, at_node, at_point, error, info, listed, warning


def dangling(site: Site) -> Iterator[Finding]:
    """What makes a site unusable: ids used twice, references to nothing. maps.load refuses such a site."""
    yield from _duplicate_ids(site)
    yield from _dangling_lanes(site)
    yield from _dangling_references(site)


def _duplicate_ids(site: Site) -> Iterator[Finding]:
    kinds: tuple[tuple[str, Iterable[str]], ...] = (
        ("level", (level.level_id for level in site.levels)),
        ("node or room", (*(n.node_id for n in site.nodes), *(r.room_id for r in site.rooms))),
        ("edge", (edge.edge_id for edge in site.edges)),
        ("door", (door.door_id for door in site.doors)),
        ("lift", (lift.lift_id for lift in site.lifts)),
        ("zone", (zone.zone_id for zone in site.zones)),
    )
    for kind, ids in kinds:
        seen: dict[str, int] = {}
        for element_id in ids:
            seen[element_id] = seen.get(element_id, 0) + 1
        for element_id, count in seen.items():
            if count > 1:
                element = f"{kind} '{element_id}'"
                yield error(
                    "duplicate_id", element, f"The id of {element} is used {count} times.", "Rename one."
                )


def _dangling_lanes(site: Site) -> Iterator[Finding]:
    nodes = {node.node_id: node for node in site.nodes}
    for edge in site.edges:
        for end, other in ((edge.source, edge.target), (edge.target, edge.source)):
            if end not in nodes:
                yield error(
                    "dangling_lane",
                    f"edge '{edge.edge_id}'",
                    f"Edge '{edge.edge_id}' ends at node '{end}', which is not there.",
                    "Add the node or remove the lane.",
                    at_node(nodes[other]) if other in nodes else None,
                )


def _dangling_references(site: Site) -> Iterator[Finding]:
    known = {
        "level": {level.level_id for level in site.levels},
        "node": {node.node_id for node in site.nodes},
        "room": {room.room_id for room in site.rooms},
        "door": {door.door_id for door in site.doors},
        "lift": {lift.lift_id for lift in site.lifts},
    }
    for element, kind, name in _references(site):
        if name not in known[kind]:
            yield error(
                "unknown_reference",
                element,
                f"{element[:1].upper()}{element[1:]} names {kind} '{name}', which is not there.",
                f"Add the {kind} or correct the id.",
            )


def _references(site: Site) -> Iterator[tuple[str, str, str]]:
    """(element, kind named, id named)"""
    for node in site.nodes:
        element = f"node '{node.node_id}'"
        yield element, "level", node.level
        if node.room is not None:
            yield element, "room", node.room
        if node.lift is not None:
            yield element, "lift", node.lift
    for edge in site.edges:
        element = f"edge '{edge.edge_id}'"
        yield from ((element, "door", crossing.door) for crossing in edge.doors)
        if edge.lift is not None:
            yield element, "lift", edge.lift
    for door in site.doors:
        yield f"door '{door.door_id}'", "level", door.level
    for zone in site.zones:
        yield f"zone '{zone.zone_id}'", "level", zone.level
    yield from _room_references(site)
    yield from _lift_references(site)


def _room_references(site: Site) -> Iterator[tuple[str, str, str]]:
    for room in site.rooms:
        element = f"room '{room.room_id}'"
        yield element, "level", room.level
        yield from ((element, "door", door) for door in room.doors)
        yield from ((element, "node", node) for node in room.nodes)


def _lift_references(site: Site) -> Iterator[tuple[str, str, str]]:
    for lift in site.lifts:
        element = f"lift '{lift.lift_id}'"
        for level, node in lift.cabin_nodes.items():
            yield element, "level", level
            yield element, "node", node
        for level, doors in lift.doors.items():
            yield element, "level", level
            yield from ((element, "door", door) for door in doors)
        if lift.home_level:
            yield element, "level", lift.home_level


# -- what works, and is hardly meant ---------------------------------------------------------------------


def scales(site: Site) -> Iterator[Finding]:
    """Levels whose lengths are a guess."""
    for level in site.levels:
        if not level.scale_measured:
            yield warning(
                "missing_scale",
                f"level '{level.level_id}'",
                f"Nothing in the source says how large level '{level.level_id}' is: every length is a guess.",
                "Measure a wall and import again: with a measurement in the drawing, or --cell-m for a grid.",
            )


def names(site: Site) -> Iterator[Finding]:
    """Names that two places share: nobody can tell which is meant.

    A room may be called like the node where a robot goes for it: whichever is meant, it goes there.
    """
    nodes = {node.node_id: node for node in site.nodes}
    goals = {room.room_id: room.nodes[0] for room in site.rooms if room.nodes}
    holders: dict[str, dict[str, None]] = {}
    written: dict[str, str] = {}
    for place_id, texts in _named(site):
        for text in texts:
            holders.setdefault(text.casefold(), {})[place_id] = None
            written.setdefault(text.casefold(), text)
    # The same places may share a name in each language.
    shared: dict[tuple[str, ...], list[str]] = {}
    for text, holding in holders.items():
        if len({goals.get(place_id, place_id) for place_id in holding}) > 1:
            shared.setdefault(tuple(holding), []).append(f"'{written[text]}'")
    for place_ids, words in shared.items():
        first = place_ids[0]
        yield warning(
            "duplicate_name",
            f"place '{first}'",
            f"Name {' or '.join(words)} is shared by {listed(list(place_ids))}.",
            "Rename all but one.",
            at_node(nodes[first]) if first in nodes else None,
        )


def _named(site: Site) -> Iterator[tuple[str, list[str]]]:
    for node in site.nodes:
        yield node.node_id, list(node.names.values())
    for room in site.rooms:
        yield room.room_id, list(room.names.values())


def lifts(site: Site) -> Iterator[Finding]:
    """Lifts that join nothing, or wait where they do not stop."""
    rides = {edge.lift for edge in site.edges if edge.lift}
    for lift in site.lifts:
        element = f"lift '{lift.lift_id}'"
        place = next((at_point(level, lift.center) for level in (*lift.cabin_nodes, *lift.doors)), None)
        if not lift.cabin_nodes:
            yield warning(
                "lift_without_level",
                element,
                f"Lift '{lift.lift_id}' has a cabin node on no level: it is drawn, and nobody can ride it.",
                "Add a cabin node on each level that it serves, and lanes to it.",
                place,
            )
        elif len(lift.cabin_nodes) < 2 or lift.lift_id not in rides:
            yield warning(
                "lift_without_ride",
                element,
                f"Lift '{lift.lift_id}' joins no two levels.",
                "Add cabin nodes on two levels, and a lane between them with the lift's id.",
                place,
            )
        elif lift.home_level and lift.home_level not in lift.cabin_nodes:
            message = f"Lift '{lift.lift_id}' waits at level '{lift.home_level}', which it does not serve."
            yield warning("lift_home", element, message, "Name a level of cabin_nodes.", place)


def doors(site: Site) -> Iterator[Finding]:
    """Doors that no lane crosses, in one remark: a drawn building has many."""
    used = {crossing.door for edge in site.edges for crossing in edge.doors}
    shaft = {door for lift in site.lifts for ids in lift.doors.values() for door in ids}
    ours = [door.door_id for door in site.doors if door.door_id not in shaft]
    idle = [door_id for door_id in ours if door_id not in used]
    if idle:
        yield info(
            "doors_without_lane",
            "doors",
            f"{len(idle)} of {len(ours)} doors are crossed by no lane: {listed(idle)}.",
            "Nothing, if robots do not go there.",
        )
