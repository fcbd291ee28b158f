import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from maps.elements import Edge, Node, NodeKind, Room, RoomKind, Site
from maps.errors import AmbiguousPlace, SiteError, UnknownPlace
from maps.graph import SiteGraph

SITE_FILE = Path(__file__).parent / "sites" / "tower.yaml"


@pytest.mark.parametrize("text", ["room_a", "Room A", "room  a", "房间A", "房间a", "ROOM_A"])
def test_place_is_found_by_id_or_name_in_any_language_and_case(two_rooms: Site, text: str) -> None:
    place = SiteGraph(two_rooms).resolve_place(text)
    assert (place.place_id, place.node, place.room, place.kind) == (
        "room_a",
        "room_a_inside",
        "room_a",
        "ward",
    )


def test_unknown_place_suggests_the_nearest(two_rooms: Site) -> None:
    with pytest.raises(UnknownPlace, match="did you mean 'room_a'") as caught:
        SiteGraph(two_rooms).resolve_place("rom_a")
    assert caught.value.value == "rom_a"
    assert caught.value.suggestions[0] == "room_a"


def test_unknown_place_like_nothing_suggests_nothing(two_rooms: Site) -> None:
    with pytest.raises(UnknownPlace, match="there is no place 'xyzzyxyzzy'") as caught:
        SiteGraph(two_rooms).resolve_place("xyzzyxyzzy")
    assert caught.value.suggestions == ()


def test_name_of_two_places_is_refused_with_both_ids(two_rooms: Site) -> None:
    nodes = tuple(
        replace(node, names={"en": "Bay"}) if node.kind is NodeKind.PARKING else node
        for node in two_rooms.nodes
    )
    with pytest.raises(AmbiguousPlace, match="names several places") as caught:
        SiteGraph(replace(two_rooms, nodes=nodes)).resolve_place("bay")
    assert caught.value.suggestions == ("parking_a", "parking_b")


def test_room_and_its_only_node_may_share_a_name(two_rooms: Site) -> None:
    nodes = tuple(
        replace(node, names={"en": "Room A"}) if node.node_id == "room_a_inside" else node
        for node in two_rooms.nodes
    )
    place = SiteGraph(replace(two_rooms, nodes=nodes)).resolve_place("Room A")
    assert place.node == "room_a_inside"


def test_places_are_named_nodes_and_rooms_but_no_lift_cabin(tower: Site, two_rooms: Site) -> None:
    named_cabin = tuple(replace(n, names={"en": "Cabin"}) if n.lift else n for n in tower.nodes)
    assert list(SiteGraph(replace(tower, nodes=named_cabin)).places) == [
        "hall",
        "charger_1",
        "charger_2",
        "landing",
        "charger_3",
        "parking",
    ]
    assert "west" not in SiteGraph(two_rooms).places


def test_room_without_nodes_is_no_place(two_rooms: Site) -> None:
    corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    empty = Room(
        room_id="cupboard", level="L1", names={"en": "Cupboard"}, polygon=corners, kind=RoomKind.STORE
    )
    assert "cupboard" not in SiteGraph(replace(two_rooms, rooms=(empty,))).places


def test_edges_leave_in_the_order_of_the_file(two_rooms: Site) -> None:
    edges = SiteGraph(two_rooms).edges_from("door_a")
    assert [edge.target for edge in edges] == ["west", "middle", "room_a_inside", "charger_a"]


def test_reverse_of_two_way_lane_is_its_other_direction(tower: Site) -> None:
    graph = SiteGraph(tower)
    there = graph.edges["hall>charger_1"]
    assert graph.reverse_of(there) == graph.edges["charger_1>hall"]
    assert graph.reverse_of(graph.edges["lift_1>lift_2"]) == graph.edges["lift_2>lift_1"]


def test_one_way_lane_has_no_reverse(tower: Site) -> None:
    graph = SiteGraph(tower)
    assert graph.reverse_of(graph.edges["hall>hall_west"]) is None
    assert graph.edges_between("hall_west", "hall") == []


def test_reverse_of_parallel_lanes_is_the_one_for_the_same_fleet() -> None:
    graph = SiteGraph(_parallel())
    assert graph.reverse_of(graph.edges["there_1"]) == graph.edges["back_1"]
    assert graph.reverse_of(graph.edges["there_9"]) == graph.edges["back_0"]
    assert [edge.edge_id for edge in graph.edges_between("b", "a")] == ["back_0", "back_1"]


def _parallel() -> Site:
    def edge(name: str, source: str, target: str, graph: str) -> Edge:
        return Edge(edge_id=name, source=source, target=target, length_m=5.0, graphs=(graph,))

    return Site(
        site_id="pair",
        names={"en": "Pair"},
        time_zone="UTC",
        levels=(),
        nodes=tuple(Node(node_id=name, level="L1", x_m=x, y_m=0.0) for name, x in (("a", 0.0), ("b", 5.0))),
        edges=(
            edge("there_1", "a", "b", "1"),
            edge("there_9", "a", "b", "9"),
            edge("back_0", "b", "a", "0"),
            edge("back_1", "b", "a", "1"),
        ),
    )


def test_room_of_a_node_inside_and_of_one_in_the_corridor(two_rooms: Site) -> None:
    graph = SiteGraph(two_rooms)
    assert graph.room_of("room_a_inside") is graph.rooms["room_a"]
    assert graph.room_of("middle") is None
    assert graph.point("middle") == (12.0, 5.0)


def test_networkx_graph_carries_edges_and_lengths(two_rooms: Site) -> None:
    data = SiteGraph(two_rooms).graph["west"]["door_a"]["west>door_a"]
    assert (data["weight"], data["edge"].edge_id) == (4.0, "west>door_a")


def test_edge_to_a_node_that_is_not_there_is_refused(tower: Site) -> None:
    gone = replace(tower, nodes=tuple(node for node in tower.nodes if node.node_id != "parking"))
    with pytest.raises(SiteError, match="edge 'landing>parking': ends at node 'parking'"):
        SiteGraph(gone)


def test_hash_follows_the_content_and_not_the_order_of_languages(tower: Site) -> None:
    first = SiteGraph(tower).content_hash()
    names = dict(reversed(list(tower.names.items())))
    assert SiteGraph(replace(tower, names=names)).content_hash() == first
    assert SiteGraph(replace(tower, names={"en": "Other"})).content_hash() != first


def test_hash_is_the_same_in_another_process_with_another_hash_seed(tower: Site) -> None:
    program = (
        "import sys; from maps.load import load; from maps.graph import SiteGraph;"
        "print(SiteGraph(load(sys.argv[1])).content_hash())"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(SITE_FILE)],
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == SiteGraph(tower).content_hash()
