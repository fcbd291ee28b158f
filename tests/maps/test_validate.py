"""Each finding is provoked on a site that is clean without it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from maps.elements import Door, DoorCrossing, Edge, Node, NodeKind, Room, RoomKind, Site, Wall
from maps.findings import Finding, Location, Severity
from maps.validate import check


def _only(site: Site) -> Finding:
    found = check(site)
    assert len(found) == 1, found
    return found[0]


def _changed(site: Site, node_id: str, **changes: object) -> Site:
    nodes = tuple(replace(n, **changes) if n.node_id == node_id else n for n in site.nodes)
    return replace(site, nodes=nodes)


def _without_edges(site: Site, *edge_ids: str) -> Site:
    return replace(site, edges=tuple(edge for edge in site.edges if edge.edge_id not in edge_ids))


def _lane(source: str, target: str, length_m: float = 5.0, **more: object) -> Edge:
    return Edge(edge_id=f"{source}>{target}", source=source, target=target, length_m=length_m, **more)


def test_clean_sites_have_no_finding(two_rooms: Site, tower: Site) -> None:
    assert check(two_rooms) == ()
    assert check(tower) == ()


def test_lane_to_a_node_that_is_not_there_is_an_error_at_its_other_end(tower: Site) -> None:
    nodes = tuple(node for node in tower.nodes if node.node_id != "parking")
    found = check(replace(tower, nodes=nodes))
    assert [finding.code for finding in found] == ["dangling_lane", "dangling_lane"]
    assert found[0].severity is Severity.ERROR
    assert found[0].place == Location(level="L2", x_m=8.0, y_m=6.0)
    assert "'parking'" in found[0].message
    assert found[0].fix


def test_ids_used_twice_are_an_error(two_rooms: Site) -> None:
    twice = replace(two_rooms, doors=(*two_rooms.doors, two_rooms.doors[0]))
    assert (_only(twice).code, _only(twice).element) == ("duplicate_id", "door 'room_a_door'")


def test_room_with_the_id_of_a_node_is_an_error(two_rooms: Site) -> None:
    room = replace(two_rooms.rooms[0], room_id="middle", nodes=())
    found = check(replace(two_rooms, rooms=(*two_rooms.rooms, room)))
    assert [finding.element for finding in found] == ["node or room 'middle'"]


@pytest.mark.parametrize(
    ("change", "element", "named"),
    [
        (lambda s: _changed(s, "hall", level="L9"), "node 'hall'", "level 'L9'"),
        (lambda s: _changed(s, "hall", room="attic"), "node 'hall'", "room 'attic'"),
        (lambda s: _changed(s, "hall", lift="hoist"), "node 'hall'", "lift 'hoist'"),
        (
            lambda s: replace(s, doors=(*s.doors, replace(s.doors[0], door_id="d", level="L9"))),
            "door 'd'",
            "level 'L9'",
        ),
        (
            lambda s: replace(s, lifts=(replace(s.lifts[0], doors={"L1": ("gate",)}),)),
            "lift 'lift'",
            "door 'gate'",
        ),
        (lambda s: replace(s, lifts=(replace(s.lifts[0], home_level="L9"),)), "lift 'lift'", "level 'L9'"),
        (
            lambda s: replace(
                s, edges=(*s.edges, _lane("hall", "hall_east", doors=(DoorCrossing(door="gate", at_m=1),)))
            ),
            "edge 'hall>hall_east'",
            "door 'gate'",
        ),
    ],
)
def test_reference_to_nothing_is_an_error(
    tower: Site, change: Callable[[Site], Site], element: str, named: str
) -> None:
    finding = _only(change(tower))
    assert (finding.code, finding.element) == ("unknown_reference", element)
    assert named in finding.message


def test_room_that_names_a_node_that_is_not_there_is_an_error(two_rooms: Site) -> None:
    rooms = (replace(two_rooms.rooms[0], nodes=("gone",)), two_rooms.rooms[1])
    assert _only(replace(two_rooms, rooms=rooms)).code == "unknown_reference"


def test_shared_name_is_a_warning_that_lists_both_places(two_rooms: Site) -> None:
    finding = _only(_changed(two_rooms, "charger_b", names={"en": "charger a"}))
    assert (finding.severity, finding.code) == (Severity.WARNING, "duplicate_name")
    assert "'Charger A' is shared by charger_a, charger_b" in finding.message


def test_charger_that_cannot_be_left_is_an_error(two_rooms: Site) -> None:
    finding = _only(_without_edges(two_rooms, "charger_b>door_b"))
    assert (finding.severity, finding.code) == (Severity.ERROR, "one_way_trap")
    assert finding.message == "Charger 'charger_b' is a one-way trap: lanes lead in, and none leads out."
    assert finding.place == Location(level="L1", x_m=18.0, y_m=2.0)


def test_room_that_cannot_be_entered_is_an_error(two_rooms: Site) -> None:
    finding = _only(_without_edges(two_rooms, "door_a>room_a_inside"))
    assert (finding.severity, finding.code) == (Severity.ERROR, "unreachable")
    assert "in room 'room_a' cannot be reached" in finding.message


def test_place_without_lanes_is_an_error_and_a_waypoint_a_warning(two_rooms: Site) -> None:
    alone = _without_edges(two_rooms, "charger_b>door_b", "door_b>charger_b")
    assert (_only(alone).severity, _only(alone).code) == (Severity.ERROR, "off_lane")
    stray = Node(node_id="stray", level="L1", x_m=22.0, y_m=12.0)
    finding = _only(replace(two_rooms, nodes=(*two_rooms.nodes, stray)))
    assert (finding.severity, finding.code) == (Severity.WARNING, "off_lane")


def test_smaller_part_is_the_one_that_is_cut_off(two_rooms: Site) -> None:
    cut = _without_edges(two_rooms, "middle>door_b", "door_b>middle")
    found = {finding.element for finding in check(cut)}
    assert found == {f"node '{n}'" for n in ("door_b", "east", "room_b_inside", "charger_b", "parking_b")}
    assert all("not joined to the rest" in finding.message for finding in check(cut))


def test_fleet_graph_that_is_cut_in_two_is_a_warning(two_rooms: Site) -> None:
    edges = tuple(
        replace(edge, graphs=("0",) if "middle" in edge.edge_id else ("0", "1")) for edge in two_rooms.edges
    )
    finding = _only(replace(two_rooms, edges=edges))
    assert (finding.severity, finding.code) == (Severity.WARNING, "fleet_graph_split")
    assert "fleet graph '1' door_b, east" in finding.message


def test_site_without_nodes_or_chargers_says_so(two_rooms: Site) -> None:
    empty = replace(two_rooms, nodes=(), edges=(), rooms=(), doors=())
    assert [finding.code for finding in check(empty)] == ["no_nodes"]
    for charger in ("charger_a", "charger_b"):
        two_rooms = _changed(two_rooms, charger, kind=NodeKind.CHECKPOINT)
    assert _only(two_rooms).code == "no_charger"
    for parking in ("parking_a", "parking_b"):
        two_rooms = _changed(two_rooms, parking, kind=NodeKind.CHECKPOINT)
    assert [finding.code for finding in check(two_rooms)] == ["no_charger", "no_parking"]


def _too_close(site: Site, robot_radius_m: float = 0.35) -> list[Finding]:
    return [finding for finding in check(site, robot_radius_m) if finding.code == "nodes_too_close"]


def test_waypoints_nearer_than_two_robots_are_a_remark_but_not_across_levels(tower: Site) -> None:
    (finding,) = _too_close(_changed(tower, "hall_south", x_m=3.0, y_m=5.6))
    assert finding.severity is Severity.INFO
    assert "are 0.40 m apart: two robots of radius 0.35 m" in finding.message
    assert finding.fix.startswith("Move one until they are 0.7 m apart")


def test_places_nearer_than_two_robots_are_a_warning_and_the_radius_is_the_callers(two_rooms: Site) -> None:
    near = _changed(two_rooms, "parking_a", x_m=6.9, y_m=2.0)
    assert _too_close(near) == []
    (finding,) = _too_close(near, 0.5)
    assert (finding.severity, finding.element) == (Severity.WARNING, "nodes 'charger_a' and 'parking_a'")
    assert _too_close(near, 0.45) == []


def test_node_drawn_twice_is_a_warning_that_says_so(tower: Site) -> None:
    (finding,) = _too_close(_changed(tower, "hall_south", x_m=3.0, y_m=5.95))
    assert (finding.severity, finding.fix) == (
        Severity.WARNING,
        "Merge them: they look like one node drawn twice.",
    )


def test_lane_through_a_wall_is_one_warning_where_it_meets_the_wall(two_rooms: Site) -> None:
    level = two_rooms.levels[0]
    walls = (*level.walls, Wall(start=(9.0, 3.0), end=(9.0, 7.0)))
    finding = _only(replace(two_rooms, levels=(replace(level, walls=walls),)))
    assert (finding.severity, finding.code) == (Severity.WARNING, "lane_through_wall")
    assert finding.place == Location(level="L1", x_m=9.0, y_m=5.0)


def test_wall_drawn_across_a_door_is_no_obstacle(two_rooms: Site) -> None:
    level = two_rooms.levels[0]
    walls = (*level.walls, Wall(start=(5.0, 8.0), end=(7.0, 8.0)))
    assert check(replace(two_rooms, levels=(replace(level, walls=walls),))) == ()


def test_wall_on_another_level_is_no_obstacle(tower: Site) -> None:
    upper = replace(tower.levels[1], walls=(Wall(start=(5.0, 2.0), end=(5.0, 4.0)),))
    assert check(replace(tower, levels=(tower.levels[0], upper))) == ()
    lower = replace(tower.levels[0], walls=upper.walls)
    assert _only(replace(tower, levels=(lower, tower.levels[1]))).code == "lane_through_wall"


def test_doors_on_no_lane_are_one_remark(two_rooms: Site) -> None:
    idle = tuple(
        Door(door_id=f"idle_{n}", level="L1", names={}, start=(20.0 + n, 14.0), end=(20.5 + n, 14.0))
        for n in range(3)
    )
    finding = _only(replace(two_rooms, doors=(*two_rooms.doors, *idle)))
    assert (finding.severity, finding.code) == (Severity.INFO, "doors_without_lane")
    assert finding.message == "3 of 5 doors are crossed by no lane: idle_0, idle_1, idle_2."


def test_lift_without_levels_or_rides_is_a_warning(tower: Site) -> None:
    bare = replace(tower.lifts[0], lift_id="bare", cabin_nodes={}, doors={})
    assert _only(replace(tower, lifts=(*tower.lifts, bare))).code == "lift_without_level"
    single = replace(tower.lifts[0], cabin_nodes={"L1": "lift_1"})
    assert _only(replace(tower, lifts=(single,))).code == "lift_without_ride"
    third = replace(tower.levels[0], level_id="L3", walls=())
    elsewhere = replace(tower.lifts[0], home_level="L3")
    assert _only(replace(tower, lifts=(elsewhere,), levels=(*tower.levels, third))).code == "lift_home"


def test_lane_between_levels_without_a_lift_is_an_error(tower: Site) -> None:
    stairs = _lane("hall", "landing", 9.0)
    assert _only(replace(tower, edges=(*tower.edges, stairs))).code == "lane_between_levels"


def test_lane_shorter_than_the_straight_line_is_a_warning_and_a_bent_one_is_not(tower: Site) -> None:
    def with_length(length_m: float) -> Site:
        edges = [replace(e, length_m=length_m) if e.edge_id == "hall>hall_west" else e for e in tower.edges]
        return replace(tower, edges=tuple(edges))

    assert _only(with_length(4.9)).code == "length_too_short"
    assert check(with_length(6.0)) == ()


def test_node_outside_its_room_and_room_without_node_are_warnings(two_rooms: Site) -> None:
    narrow = ((0.0, 8.0), (5.0, 8.0), (5.0, 14.0), (0.0, 14.0))
    rooms = (replace(two_rooms.rooms[0], polygon=narrow), two_rooms.rooms[1])
    outside = _only(replace(two_rooms, rooms=rooms))
    assert (outside.code, outside.element) == ("node_outside_room", "node 'room_a_inside'")
    corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    empty = Room(room_id="cupboard", level="L1", names={}, polygon=corners, kind=RoomKind.STORE)
    assert _only(replace(two_rooms, rooms=(*two_rooms.rooms, empty))).code == "room_without_node"


def test_room_that_an_importer_found_without_a_node_is_a_remark(two_rooms: Site) -> None:
    corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    empty = Room(room_id="r", level="L1", names={}, polygon=corners, kind=RoomKind.OTHER)
    finding = _only(replace(two_rooms, rooms=(*two_rooms.rooms, empty)))
    assert (finding.severity, finding.code) == (Severity.INFO, "room_without_node")
    assert finding.place == Location(level="L1", x_m=0.667, y_m=0.333)


def test_room_called_like_the_place_where_one_goes_for_it_is_no_duplicate(two_rooms: Site) -> None:
    names = next(room.names for room in two_rooms.rooms if room.room_id == "room_a")
    assert check(_changed(two_rooms, "room_a_inside", names=names)) == ()
    assert _only(_changed(two_rooms, "middle", names=names)).code == "duplicate_name"


def test_waypoint_at_a_dead_end_is_a_remark_and_a_named_one_is_none(two_rooms: Site) -> None:
    end = Node(node_id="end", level="L1", x_m=22.0, y_m=3.0)
    lanes = (_lane("east", "end", 2.0), _lane("end", "east", 2.0))
    longer = replace(two_rooms, nodes=(*two_rooms.nodes, end), edges=(*two_rooms.edges, *lanes))
    finding = _only(longer)
    assert (finding.severity, finding.code, finding.element) == (Severity.INFO, "dead_end", "node 'end'")
    assert check(_changed(longer, "end", names={"en": "End"})) == ()
    assert check(_changed(longer, "end", kind=NodeKind.HOLD_POINT)) == ()


def test_level_of_unknown_scale_is_a_warning(tower: Site) -> None:
    guessed = replace(tower.levels[1], scale_measured=False)
    finding = _only(replace(tower, levels=(tower.levels[0], guessed)))
    assert (finding.severity, finding.code, finding.element) == (
        Severity.WARNING,
        "missing_scale",
        "level 'L2'",
    )


def test_many_findings_of_one_kind_are_one_that_names_the_others(two_rooms: Site) -> None:
    strays = tuple(Node(node_id=f"stray_{n}", level="L1", x_m=20.0 + n, y_m=12.5) for n in range(4))
    few = check(replace(two_rooms, nodes=(*two_rooms.nodes, *strays[:3])))
    assert [finding.element for finding in few] == [f"node 'stray_{n}'" for n in range(3)]
    many = _only(replace(two_rooms, nodes=(*two_rooms.nodes, *strays)))
    assert many.message == (
        "Node 'stray_0' is on no lane. The same is true of node 'stray_1', node 'stray_2', node 'stray_3'."
    )
    assert [case.element for case in many.also] == ["node 'stray_1'", "node 'stray_2'", "node 'stray_3'"]
    assert many.also[2].place == Location(level="L1", x_m=23.0, y_m=12.5)


def test_unknown_time_zone_is_an_error(tower: Site) -> None:
    for zone in ("Asia/Chungking2", "../etc/passwd", ""):
        assert _only(replace(tower, time_zone=zone)).code == "time_zone"


def test_errors_come_before_warnings_and_remarks(two_rooms: Site) -> None:
    site = _changed(_without_edges(two_rooms, "charger_b>door_b"), "charger_a", names={"en": "Middle"})
    severities = [finding.severity for finding in check(site)]
    assert severities == [Severity.ERROR, Severity.WARNING]


@pytest.mark.parametrize("name", ["clinic", "hotel", "office", "campus", "conference", "turtlebot3_world"])
def test_real_buildings_have_no_error(name: str, building: Callable[[str], Path]) -> None:
    from maps.load import load

    codes = {(finding.severity, finding.code) for finding in check(load(building(name)))}
    allowed = {(Severity.WARNING, "lift_without_level")} if name == "clinic" else set()
    assert {code for code in codes if code[0] is not Severity.INFO} == allowed


@pytest.mark.parametrize("name", ["clinic", "hotel", "office", "campus", "conference", "turtlebot3_world"])
def test_findings_of_a_real_building_fit_on_a_screen(name: str, building: Callable[[str], Path]) -> None:
    from maps.load import load

    assert len(check(load(building(name)))) <= 6
