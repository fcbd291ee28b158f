from dataclasses import replace
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.diff import Change, diff
from maps.diff_text import lines, plain, summary
from maps.elements import Node, NodeKind, Site, Wall, Zone, ZoneKind
from maps.site_file import dumps, loads


def one(old: Site, new: Site) -> Change:
    changes = diff(old, new).changes
    assert len(changes) == 1
    return changes[0]


def with_node(site: Site, node_id: str, **changed: object) -> Site:
    nodes = tuple(replace(node, **changed) if node.node_id == node_id else node for node in site.nodes)
    return replace(site, nodes=nodes)


def test_equal_sites_have_no_difference(hospital: Site) -> None:
    changes = diff(hospital, loads(dumps(hospital)))
    assert not changes
    assert changes.old_hash == changes.new_hash
    assert list(lines(changes)) == []
    assert summary(changes) == "no difference"


def test_a_moved_node_says_how_far(two_rooms: Site) -> None:
    change = one(two_rooms, with_node(two_rooms, "middle", x_m=15.0, y_m=9.0))
    assert (change.what, change.kind, change.element_id, change.moved_m) == ("changed", "node", "middle", 5.0)
    changes = diff(two_rooms, with_node(two_rooms, "middle", x_m=15.0, y_m=9.0))
    assert list(lines(changes)) == ["~ node middle: moved 5 m"]
    assert summary(changes) == "nodes: 1 moved"


def test_a_node_on_another_level_has_not_moved_metres(tower: Site) -> None:
    node = tower.nodes[0]
    other = next(level.level_id for level in tower.levels if level.level_id != node.level)
    change = one(tower, with_node(tower, node.node_id, level=other, x_m=node.x_m + 3.0))
    assert change.moved_m is None
    assert [field.field for field in change.fields] == ["level", "x_m"]


def test_changed_fields_have_their_old_and_new_value(two_rooms: Site) -> None:
    new = with_node(two_rooms, "middle", kind=NodeKind.PARKING, names={"en": "Centre", "zh-CN": "中间"})
    assert list(lines(diff(two_rooms, new))) == [
        "~ node middle: kind 'checkpoint' -> 'parking'; names.en 'Middle' -> 'Centre'"
    ]


def test_added_and_removed_elements_are_described(two_rooms: Site) -> None:
    bay = Node(node_id="bay", level="L1", x_m=1.0, y_m=2.5, kind=NodeKind.PARKING, names={"en": "Bay"})
    zone = Zone(
        zone_id="wet",
        level="L1",
        names={"en": "Wet"},
        kind=ZoneKind.SLOW,
        polygon=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),
    )
    new = replace(two_rooms, nodes=(*two_rooms.nodes, bay), zones=(zone,))
    assert list(lines(diff(two_rooms, new))) == [
        "+ node bay: Bay, parking, L1, (1, 2.5)",
        "+ zone wet: Wet, slow, L1",
    ]
    assert next(lines(diff(new, two_rooms))) == "- node bay: Bay, parking, L1, (1, 2.5)"
    assert summary(diff(two_rooms, new)) == "nodes: 1 added; zones: 1 added"


def test_a_two_way_lane_is_one_line(two_rooms: Site) -> None:
    slower = replace(
        two_rooms,
        edges=tuple(
            replace(edge, speed_mps_max=0.5) if {"west", "door_a"} == {edge.source, edge.target} else edge
            for edge in two_rooms.edges
        ),
    )
    changes = diff(two_rooms, slower)
    assert len(changes.changes) == 2
    assert list(lines(changes)) == ["~ lane west<>door_a: speed_mps_max none -> 0.5"]
    one_way = replace(
        two_rooms, edges=tuple(edge for edge in two_rooms.edges if edge.edge_id != "door_a>west")
    )
    assert list(lines(diff(two_rooms, one_way))) == ["- lane door_a>west: 4 m"]


def test_walls_are_counted_not_listed(two_rooms: Site) -> None:
    level = two_rooms.levels[0]
    more = replace(level, walls=(*level.walls[1:], Wall(start=(1.0, 1.0), end=(2.0, 1.0))))
    text = list(lines(diff(two_rooms, replace(two_rooms, levels=(more,)))))
    assert text == [f"~ level L1: walls: 1 removed, 1 added (now {len(level.walls)})"]


def test_what_the_site_says_of_itself_comes_first(two_rooms: Site) -> None:
    new = replace(with_node(two_rooms, "west", x_m=2.5), time_zone="Europe/Berlin")
    changes = diff(two_rooms, new).changes
    assert [change.kind for change in changes] == ["site", "node"]


def test_another_order_is_a_difference(two_rooms: Site) -> None:
    change = one(two_rooms, replace(two_rooms, nodes=two_rooms.nodes[::-1], rooms=two_rooms.rooms))
    assert (change.kind, change.element_id) == ("node", "(order)")


def test_programs_get_plain_values(two_rooms: Site) -> None:
    found = plain(diff(two_rooms, with_node(two_rooms, "middle", kind=NodeKind.PARKING)))
    assert msgspec.json.decode(msgspec.json.encode(found)) == found
    assert found["changes"][0]["fields"] == [{"field": "kind", "old": "checkpoint", "new": "parking"}]


@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_sites_differ_exactly_when_their_hashes_do(data: st.DataObject) -> None:
    site = loads((Path(__file__).parent / "sites" / "tower.yaml").read_text())
    kind = data.draw(
        st.sampled_from(["nodes", "edges", "rooms", "doors", "zones", "notes", "levels", "lifts"])
    )
    elements = list(getattr(site, kind))
    if elements:
        place = data.draw(st.integers(0, len(elements) - 1))
        how = data.draw(st.sampled_from(["drop", "swap", "nothing", "move"]))
        if how == "drop":
            del elements[place]
        elif how == "swap":
            elements[0], elements[place] = elements[place], elements[0]
        elif how == "move" and kind == "nodes":
            elements[place] = replace(elements[place], x_m=data.draw(st.floats(-50.0, 50.0)))
    changes = diff(site, replace(site, **{kind: tuple(elements)}))
    assert bool(changes) == (changes.old_hash != changes.new_hash)
    assert bool(list(lines(changes))) == bool(changes)


def test_the_difference_of_nothing_and_all_is_all(hospital: Site) -> None:
    empty = replace(hospital, nodes=(), edges=(), rooms=(), doors=(), lifts=(), zones=())
    changes = diff(empty, hospital).changes
    assert {change.what for change in changes} == {"added"}
    assert sum(change.kind == "node" for change in changes) == len(hospital.nodes)
