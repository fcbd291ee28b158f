import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maps.elements import (
    Door,
    DoorCrossing,
    Edge,
    FloorPlan,
    Level,
    Lift,
    Node,
    NodeKind,
    Room,
    RoomKind,
    Site,
    Wall,
)
from maps.errors import SiteError
from maps.site_file import dumps, load, loads, save

SITES = Path(__file__).parent / "sites"


def test_saved_site_loads_as_the_same_site(
    tower: Site, two_rooms: Site, hospital: Site, tmp_path: Path
) -> None:
    for site in (tower, two_rooms, hospital):
        save(site, tmp_path / "copy.yaml")
        assert load(tmp_path / "copy.yaml") == site


def test_saving_twice_writes_the_same_text(tower: Site) -> None:
    assert dumps(loads(dumps(tower))) == dumps(tower)


def test_an_element_is_one_line_and_a_two_way_lane_is_one_entry(two_rooms: Site) -> None:
    lines = dumps(two_rooms).splitlines()
    assert "  - {between: [door_a, room_a_inside], doors: [room_a_door]}" in lines
    assert sum(line.startswith("  - {between") for line in lines) == 10
    assert not any("from: west" in line for line in lines)


# -- round trip of any site ------------------------------------------------------------------------------

number = st.floats(-1e4, 1e4)
positive = st.floats(1e-3, 1e4)
point = st.tuples(number, number)
# Anything that YAML can hold as text: no surrogates, but line breaks of every kind.
words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)
names = st.dictionaries(words, words, max_size=2)
LEVELS, NODES, ROOMS, DOORS, LIFTS = (
    ("L1", "2"),
    ("a", "b/1", "on", "3"),
    ("r", "~"),
    ("d", "null"),
    ("lift",),
)


@st.composite
def sites(draw: st.DrawFn) -> Site:
    def some(ids: tuple[str, ...]) -> str:
        return draw(st.sampled_from(ids))

    def few(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(draw(st.lists(st.sampled_from(ids), max_size=2, unique=True)))

    def maybe(strategy: st.SearchStrategy) -> object:
        return draw(st.none() | strategy)

    plan = st.builds(FloorPlan, path=words, origin=point, yaw_rad=number, scale_m_per_px=positive)
    levels = tuple(
        Level(
            level_id=level,
            names=draw(names),
            elevation_m=draw(number),
            walls=tuple(draw(st.lists(st.builds(Wall, start=point, end=point), max_size=3))),
            floor_plan=maybe(plan),
        )
        for level in LEVELS
    )
    nodes = tuple(
        Node(
            node_id=node,
            level=some(LEVELS),
            x_m=draw(number),
            y_m=draw(number),
            kind=draw(st.sampled_from(NodeKind)),
            names=draw(names),
            lift=maybe(st.sampled_from(LIFTS)),
            room=maybe(st.sampled_from(ROOMS)),
        )
        for node in NODES
    )
    edges = [
        Edge(
            edge_id=draw(st.sampled_from([f"e{number_}", f"{source}>{target}"])),
            source=source,
            target=target,
            length_m=draw(st.floats(0, 1e4)),
            speed_mps_max=maybe(positive),
            width_m=maybe(positive),
            doors=tuple(DoorCrossing(door=door, at_m=draw(number)) for door in few(DOORS)),
            lift=maybe(st.sampled_from(LIFTS)),
            graphs=draw(st.sampled_from([("0",), ("0", "1"), ()])),
        )
        for number_, (source, target) in enumerate(
            draw(st.lists(st.permutations(NODES).map(lambda pair: (pair[0], pair[1])), max_size=5))
        )
    ]
    edges = list({edge.edge_id: edge for edge in edges}.values())
    rooms = tuple(
        Room(
            room_id=room,
            level=some(LEVELS),
            names=draw(names),
            polygon=tuple(draw(st.lists(point, min_size=3, max_size=5))),
            kind=draw(st.sampled_from(RoomKind)),
            height_m=draw(positive),
            risk=draw(words),
            doors=few(DOORS),
            nodes=few(NODES),
        )
        for room in ROOMS
    )
    doors = tuple(
        Door(
            door_id=door,
            level=some(LEVELS),
            names=draw(names),
            start=draw(point),
            end=draw(point),
            open_s=draw(positive),
            automatic=draw(st.booleans()),
        )
        for door in DOORS
    )
    lift = Lift(
        lift_id="lift",
        names=draw(names),
        cabin_nodes={level: some(NODES) for level in few(LEVELS)},
        center=draw(point),
        width_m=draw(positive),
        depth_m=draw(positive),
        yaw_rad=draw(number),
        speed_mps=draw(positive),
        door_s=draw(positive),
        home_level=draw(st.sampled_from(["", "L1"])),
        doors={level: few(DOORS) for level in few(LEVELS)},
    )
    return Site(
        site_id=draw(words),
        names=draw(names),
        time_zone=draw(words),
        levels=levels,
        nodes=nodes,
        edges=tuple(edges),
        rooms=rooms,
        doors=doors,
        lifts=(lift,),
        notes=tuple(draw(st.lists(words, max_size=2))),
    )


@settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(sites())
def test_any_site_survives_the_file_exactly(site: Site) -> None:
    assert loads(dumps(site)) == site


# -- lanes -----------------------------------------------------------------------------------------------


def test_door_of_a_lane_is_found_by_geometry_and_mirrored(two_rooms: Site) -> None:
    edges = {edge.edge_id: edge for edge in two_rooms.edges}
    assert edges["door_a>room_a_inside"].doors == (DoorCrossing(door="room_a_door", at_m=3.0),)
    assert edges["room_a_inside>door_a"].doors == (DoorCrossing(door="room_a_door", at_m=3.0),)


def test_distance_to_a_door_can_be_written_out() -> None:
    text = _text("two_rooms").replace(
        "doors: [room_a_door]}\n  - {between: [door_b", "doors: [{room_a_door: 2.5}]}\n  - {between: [door_b"
    )
    edges = {edge.edge_id: edge for edge in loads(text).edges}
    assert edges["door_a>room_a_inside"].doors[0].at_m == 2.5
    assert edges["room_a_inside>door_a"].doors[0].at_m == 3.5


def test_ride_has_no_length_and_a_bent_lane_its_own(tower: Site) -> None:
    edges = {edge.edge_id: edge for edge in tower.edges}
    assert edges["lift_1>lift_2"].length_m == 0.0
    bent = tuple(replace(e, length_m=7.5) if e.edge_id == "hall>hall_west" else e for e in tower.edges)
    assert "length_m: 7.5" in dumps(replace(tower, edges=bent))


def test_nodes_of_a_room_are_those_that_name_it(two_rooms: Site) -> None:
    assert two_rooms.rooms[0].nodes == ("room_a_inside",)


# -- what people get wrong -------------------------------------------------------------------------------


def _text(name: str) -> str:
    return (SITES / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "kind: charger, names: {en: Charger 1",
            "kind: chargr, names: {en: Charger 1",
            r"node 'charger_1', kind: 'chargr' is not known; did you mean 'charger'",
        ),
        ("at: [13, 3], kind", "at: [13, six], kind", r"node 'charger_2', at: 'six' is not a number"),
        ("at: [13, 3], kind", "at: [13], kind", r"node 'charger_2', at: 1 numbers where 2 are needed"),
        ("at: [13, 3], kind", "at: 13, kind", r"node 'charger_2', at: '13' is not a list"),
        ("at: [13, 3], kind", "at: [13, .nan], kind", r"'\.nan' is not a number"),
        (
            "hall: {level: L1, at: [8, 6]",
            "hall: {level: L7, at: [8, 6]",
            r"node 'hall', level: there is no level 'L7'",
        ),
        (
            "hall_west: {level: L1, at: [3, 6]}",
            "hall_west: {level: L1, a: [3, 6]}",
            r"'a' is not a key that is known here",
        ),
        (
            "hall_west: {level: L1, at: [3, 6]}",
            "hall_west: {level: L1}",
            r"node 'hall_west': 'at' is missing; add 'at: \.\.\.'",
        ),
        (
            "hall_west: {level",
            "hall: {level",
            r"'hall' is written twice \(first in line \d+\); remove or rename one",
        ),
        (
            "{between: [hall, charger_1]}",
            "{between: [hall, charger_9]}",
            r"lane 5, between: there is no node 'charger_9'; did you mean 'charger_",
        ),
        (
            "{from: hall, to: hall_west}",
            "{from: hal, to: hall_west}",
            r"lane 1, from: there is no node 'hal'; did you mean 'hall'",
        ),
        ("{between: [hall, charger_1]}", "{between: [hall]}", r"lane 5, between: lists 1 nodes; list two"),
        (
            "{between: [hall, charger_1]}",
            "{between: [hall, hall]}",
            r"lane 5, between: joins node 'hall' with itself; name two nodes",
        ),
        ("{between: [hall, charger_1]}", "{from: hall}", r"lane 5: does not say between which nodes it runs"),
        (
            "{between: [hall, charger_1]}",
            "{between: [hall, charger_1], to: hall}",
            r"lane 5: has 'between' and 'from' or 'to'",
        ),
        (
            "speed_mps_max: 0.5",
            "speed_mps_max: -0.5",
            r"lane 3 \(hall_south to hall_east\), speed_mps_max: '-0\.5' is not above zero",
        ),
        ("speed_mps_max: 0.5", "length_m: -2", r"length_m is -2\.0; a length is 0 or more"),
        (
            "lift: lift}\n  - {between: [lift_2",
            "lift: lft}\n  - {between: [lift_2",
            r"there is no lift 'lft'; did you mean 'lift'",
        ),
        (
            "cabin_nodes: {L1: lift_1",
            "cabin_nodes: {L3: lift_1",
            r"there is no level 'L3'; use one of L1, L2",
        ),
        (
            "cabin_nodes: {L1: lift_1",
            "cabin_nodes: {L1: lift_7",
            r"cabin_nodes, L1: there is no node 'lift_7'",
        ),
        ("width_m: 2,", "width_m: 0,", r"lift 'lift', width_m: '0' is not above zero"),
        (
            "[[8.6, 9], [9.2, 9], [9.2, 12]]\n  L2",
            "[[8.6, 9]]\n  L2",
            r"level 'L1', walls: chain 3: a wall needs two points",
        ),
        ("elevation_m: 4", "elevation_m: high", r"level 'L2', elevation_m: 'high' is not a number"),
        (
            "{between: [hall, charger_1]}",
            "{between: [hall, charger_1], doors: [lift_door_1]}",
            r"the straight lane does not cross door 'lift_door_1'",
        ),
        (
            "{between: [hall, charger_1]}",
            "{between: [hall, charger_1], doors: [gate]}",
            r"there is no door 'gate'; add the door or correct the id",
        ),
        (
            "{between: [hall, charger_1]}",
            "{between: [hall, charger_1], doors: [{gate: 1}]}",
            r"there is no door 'gate'",
        ),
    ],
)
def test_mistake_is_named_with_file_line_element_and_fix(old: str, new: str, says: str) -> None:
    text = _text("tower")
    assert text.count(old) == 1
    with pytest.raises(SiteError, match=says) as caught:
        loads(text.replace(old, new), "tower.yaml")
    line = text[: text.index(old)].count("\n") + 1
    assert str(caught.value).startswith(f"tower.yaml, line {line}: ")
    assert "\n" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "kind: ward, polygon: [[0, 8], [12, 8], [12, 14], [0, 14]]",
            "kind: ward, polygon: [[0, 8]]",
            r"room 'room_a', polygon: a room needs three corners",
        ),
        (
            "kind: ward, polygon: [[0, 8]",
            "kind: cellar, polygon: [[0, 8]",
            r"'cellar' is not known; use one of ward, theatre",
        ),
        (
            "kind: room_entrance, room: room_a}",
            "kind: room_entrance, room: room_c}",
            r"node 'room_a_inside', room: there is no room 'room_c'",
        ),
        (
            "from: [5.2, 8], to: [6.8, 8]}",
            "from: [5.2, 8], to: [6.8, 8], automatic: maybe}",
            r"door 'room_a_door', automatic: 'maybe' is neither true nor false",
        ),
    ],
)
def test_mistake_in_a_room_or_door_is_named(old: str, new: str, says: str) -> None:
    text = _text("two_rooms")
    assert text.count(old) == 1
    with pytest.raises(SiteError, match=says):
        loads(text.replace(old, new))


def test_missing_section_is_named() -> None:
    with pytest.raises(SiteError, match="line 2: 'time_zone' is missing"):
        loads(_text("tower").replace("time_zone: Asia/Shanghai\n", ""))


def test_yaml_syntax_error_is_one_sentence_with_its_line() -> None:
    text = _text("tower").replace("names: {en: Tower, zh-CN: 塔楼}", "names: {en: Tower, zh-CN: 塔楼")
    with pytest.raises(
        SiteError, match=r"^broken\.yaml, line \d+: not valid YAML: .*; correct the syntax"
    ) as caught:
        loads(text, "broken.yaml")
    assert "\n" not in str(caught.value)


def test_tab_as_indentation_is_one_sentence() -> None:
    with pytest.raises(SiteError, match="line 2: not valid YAML"):
        loads("levels:\n\tL1: {}\n")


def test_control_character_is_one_sentence() -> None:
    with pytest.raises(SiteError, match="not valid YAML") as caught:
        loads("site: \x07bell\n")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n- b\n", "just words\n"])
def test_file_without_a_mapping_is_refused(text: str) -> None:
    with pytest.raises(SiteError, match=r"no mapping|not a mapping"):
        loads(text)


def test_missing_file_directory_and_binary_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"nowhere\.yaml: there is no such file; check the path"):
        load(tmp_path / "nowhere.yaml")
    with pytest.raises(SiteError, match="cannot be read"):
        load(tmp_path)
    (tmp_path / "picture.yaml").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(SiteError, match=r"cannot be read.*give a UTF-8 text file"):
        load(tmp_path / "picture.yaml")


def test_numbers_and_words_that_yaml_would_take_for_something_else_stay_ids() -> None:
    text = re.sub(r"\bhall_west\b", "201", re.sub(r"\bhall_south\b", "on", _text("tower")))
    assert {"201", "on"} <= {node.node_id for node in loads(text).nodes}
