import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from maps.graph import SiteGraph
from maps.load import load
from missions.errors import TemplateError
from missions.mission import Family, Mission
from missions.templates import TemplateCatalogue
from robots.profiles import load_profile, models
from robots.protocol import Action
from robots.skills.registry import build_skill
from simulators.lamp import Exposure

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def hospital() -> SiteGraph:
    return SiteGraph(load(ROOT / "maps/sites/county_hospital.yaml"))


@pytest.fixture(scope="module")
def catalogue() -> TemplateCatalogue:
    return TemplateCatalogue.load(ROOT / "missions/templates")


def expand(catalogue: TemplateCatalogue, hospital: SiteGraph, name: str, **params: Any) -> Mission:
    return catalogue.expand(name, params, hospital)


def refusal(catalogue: TemplateCatalogue, hospital: SiteGraph, name: str, **params: Any) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        catalogue.expand(name, params, hospital)
    return caught.value


def test_a_delivery_becomes_loading_at_one_place_and_handing_over_at_another(
    catalogue: TemplateCatalogue, hospital: SiteGraph
) -> None:
    mission = expand(catalogue, hospital, "deliver", **{"from": "pharmacy", "to": "ward_201", "pin": "4711"})
    load_task, unload_task = mission.tasks
    assert (load_task.action_type, load_task.place) == ("load", "pharmacy")
    assert (unload_task.action_type, unload_task.place) == ("unload", "ward_201")
    assert unload_task.params["pin"] == "4711"
    assert not unload_task.repeatable
    assert hospital.nodes[unload_task.node].room == "ward_201"


def test_places_may_be_named_in_chinese_and_titles_are_in_both_languages(
    catalogue: TemplateCatalogue, hospital: SiteGraph
) -> None:
    chinese = hospital.places["ward_201"].names["zh-CN"]
    mission = expand(catalogue, hospital, "go_to", to=chinese)
    assert mission.tasks[0].place == "ward_201"
    assert chinese in mission.tasks[0].title["zh-CN"]
    assert hospital.places["ward_201"].names["en"] in mission.tasks[0].title["en"]


def test_a_dose_in_the_users_unit_reaches_the_robot_in_si(
    catalogue: TemplateCatalogue, hospital: SiteGraph
) -> None:
    task = expand(catalogue, hospital, "disinfect_room_uv", room="ward_201", dose_mj_cm2=25).tasks[0]
    assert task.params["target_j_m2"] == 250.0
    assert task.hold_room == "ward_201"
    assert task.close_doors == (task.params["door"],)
    assert task.duration_s > 600


def test_a_tour_is_one_task_for_each_checkpoint_in_order(
    catalogue: TemplateCatalogue, hospital: SiteGraph
) -> None:
    points = [p for p in hospital.places.values() if p.kind == "checkpoint"][:3]
    mission = expand(catalogue, hospital, "patrol_tour", checkpoints=[p.place_id for p in points])
    assert [task.place for task in mission.tasks] == [p.place_id for p in points]
    assert [task.seq for task in mission.tasks] == [0, 1, 2]
    assert points[1].names["en"] in mission.tasks[1].title["en"]


def test_a_dose_that_fits_one_exposure_is_one_task(catalogue: TemplateCatalogue, hospital: SiteGraph) -> None:
    tasks = expand(catalogue, hospital, "disinfect_room_uv", room="ward_202").tasks
    assert len(tasks) == 1
    assert "(" not in tasks[0].title["en"]


def test_a_greater_dose_is_given_in_equal_exposures_that_robots_allow(
    catalogue: TemplateCatalogue, hospital: SiteGraph
) -> None:
    tasks = expand(catalogue, hospital, "disinfect_room_uv", room="ward_202", dose_mj_cm2=100).tasks
    assert len(tasks) == 3
    assert [task.seq for task in tasks] == [0, 1, 2]
    assert {task.params["target_j_m2"] for task in tasks} == {1000.0 / 3}
    assert all(task.duration_s <= 1800.0 + 70.0 and task.hold_room == "ward_202" for task in tasks)
    assert tasks[1].title["en"].endswith("(2/3)")


def test_the_time_of_an_exposure_is_about_what_the_simulated_lamp_needs(
    catalogue: TemplateCatalogue, hospital: SiteGraph
) -> None:
    """Never shorter: a forecast that is too short would end at the robot's cap."""
    for room in hospital.rooms.values():
        (task,) = expand(catalogue, hospital, "disinfect_room_uv", room=room.room_id).tasks
        lamp = Exposure.at(hospital.point(task.node), 100.0, room)
        needed_s = 250.0 / min(lamp.irradiance)
        assert needed_s < task.duration_s < 1.4 * needed_s + 70.0, room.room_id


def test_a_room_may_be_named_by_a_place_in_it(catalogue: TemplateCatalogue) -> None:
    site = load(ROOT / "tests/maps/sites/two_rooms.yaml")
    nodes = tuple(
        replace(n, names={"en": "Bed 1"}) if n.node_id == "room_a_inside" else n for n in site.nodes
    )
    graph = SiteGraph(replace(site, nodes=nodes))
    (task,) = expand(catalogue, graph, "disinfect_room_uv", room="bed 1").tasks
    assert (task.place, task.hold_room) == ("room_a", "room_a")


def test_a_visitor_is_met_at_the_entrance_when_nothing_else_is_said(
    catalogue: TemplateCatalogue, hospital: SiteGraph
) -> None:
    mission = expand(catalogue, hospital, "guide_visitor", to="pharmacy")
    greet, lead = mission.tasks
    assert (greet.place, greet.action_type) == ("main_entrance", "greet")
    assert (lead.place, lead.action_type, lead.en_route, lead.pace_mps) == ("pharmacy", "lead", True, 0.7)
    assert lead.params["place_zh"] == hospital.places["pharmacy"].names["zh-CN"]


def test_a_site_without_a_reception_asks_where_to_meet(catalogue: TemplateCatalogue) -> None:
    small = SiteGraph(load(ROOT / "tests/maps/sites/two_rooms.yaml"))
    error = refusal(catalogue, small, "guide_visitor", to="room_a")
    assert (error.code, error.field) == ("missing_parameter", "params.from")


def test_an_item_that_is_not_named_is_not_sent_to_the_robot(
    catalogue: TemplateCatalogue, hospital: SiteGraph
) -> None:
    mission = expand(catalogue, hospital, "deliver", **{"from": "pharmacy", "to": "ward_201", "pin": "0047"})
    assert "what" not in mission.tasks[0].params
    assert mission.tasks[1].params["pin"] == "0047"


def test_words_from_a_command_line_are_taken_as_numbers_and_lists(
    catalogue: TemplateCatalogue, hospital: SiteGraph
) -> None:
    mission = expand(catalogue, hospital, "patrol_tour", checkpoints="pharmacy, ward_201", dwell_s="4.5")
    assert [task.place for task in mission.tasks] == ["pharmacy", "ward_201"]
    assert [task.duration_s for task in mission.tasks] == [6.5, 6.5]


def test_braces_in_what_people_write_are_only_braces(
    catalogue: TemplateCatalogue, hospital: SiteGraph
) -> None:
    params = {"from": "pharmacy", "to": "ward_201", "pin": "4711", "item": "{pin} {0} %s"}
    assert expand(catalogue, hospital, "deliver", **params).tasks[0].params["what"] == "{pin} {0} %s"


def test_the_mission_keeps_who_asked_how_urgently_and_for_which_robot(
    catalogue: TemplateCatalogue, hospital: SiteGraph
) -> None:
    mission = catalogue.expand(
        "go_to", {"to": "pharmacy"}, hospital, priority=3, robot="carrier-1", requested_by="Lin"
    )
    assert (mission.priority, mission.robot, mission.requested_by) == (3, "carrier-1", "Lin")
    assert (mission.mission_id, mission.family, mission.params) == ("", Family.SERVICE, {"to": "pharmacy"})
    assert mission.tasks[0].action_type == ""


@pytest.mark.parametrize("priority", [-1, 4])
def test_a_priority_that_does_not_exist_is_refused(
    catalogue: TemplateCatalogue, hospital: SiteGraph, priority: int
) -> None:
    with pytest.raises(TemplateError, match=str(priority)) as caught:
        catalogue.expand("go_to", {"to": "pharmacy"}, hospital, priority=priority)
    assert (caught.value.code, caught.value.field) == ("out_of_range", "priority")


@pytest.mark.parametrize(
    ("name", "params", "code", "field"),
    [
        ("delivr", {}, "unknown_template", "template"),
        ("deliver", {"to": "ward_201", "pin": "4711"}, "missing_parameter", "params.from"),
        ("deliver", {"from": "pharmacie", "to": "ward_201", "pin": "4711"}, "unknown_place", "params.from"),
        ("deliver", {"from": "pharmacy", "to": "ward_201", "pin": 4711}, "wrong_pin", "params.pin"),
        ("deliver", {"from": "pharmacy", "to": 3, "pin": "4711"}, "wrong_type", "params.to"),
        ("go_to", {"to": "ward_201", "speed": 3}, "unknown_parameter", "params.speed"),
        ("disinfect_room_uv", {"room": "ward_201", "dose_mj_cm2": -5}, "out_of_range", "params.dose_mj_cm2"),
        (
            "disinfect_room_uv",
            {"room": "ward_201", "dose_mj_cm2": "much"},
            "wrong_type",
            "params.dose_mj_cm2",
        ),
        (
            "disinfect_room_uv",
            {"room": "ward_201", "dose_mj_cm2": float("nan")},
            "wrong_type",
            "params.dose_mj_cm2",
        ),
        ("disinfect_room_uv", {"room": "charger_l1_a"}, "unfitting_place", "params.room"),
        ("disinfect_room_uv", {"room": "ward_201", "dose_mj_cm2": 601}, "out_of_range", "params.dose_mj_cm2"),
        ("disinfect_room_uv", {"room": "ward_201", "dose_mj_cm2": True}, "wrong_type", "params.dose_mj_cm2"),
        (
            "disinfect_room_uv",
            {"room": "ward_201", "dose_mj_cm2": 10**400},
            "wrong_type",
            "params.dose_mj_cm2",
        ),
        (
            "deliver",
            {"from": "charger_l1_a", "to": "ward_201", "pin": "4711"},
            "unfitting_place",
            "params.from",
        ),
        ("deliver", {"from": "ward_201", "to": "ward_201", "pin": "4711"}, "same_place", "params.to"),
        ("deliver", {"from": "pharmacy", "to": "ward_201", "pin": "４７１１"}, "wrong_pin", "params.pin"),
        ("deliver", {"from": "pharmacy", "to": "ward_201", "pin": "1234567"}, "wrong_pin", "params.pin"),
        (
            "deliver",
            {"from": "pharmacy", "to": "ward_201", "pin": "4711", "item": "x" * 201},
            "out_of_range",
            "params.item",
        ),
        ("guide_visitor", {"to": ""}, "missing_parameter", "params.to"),
        ("patrol_tour", {"checkpoints": []}, "wrong_type", "params.checkpoints"),
        ("patrol_tour", {"checkpoints": ["pharmacy", 3]}, "wrong_type", "params.checkpoints"),
        ("patrol_tour", {"checkpoints": ["pharmacy"] * 101}, "out_of_range", "params.checkpoints"),
        ("patrol_tour", {"checkpoints": ["nowhere"]}, "unknown_place", "params.checkpoints"),
    ],
)
def test_what_does_not_fit_is_refused_with_field_value_and_fix(
    catalogue: TemplateCatalogue,
    hospital: SiteGraph,
    name: str,
    params: dict[str, Any],
    code: str,
    field: str,
) -> None:
    error = refusal(catalogue, hospital, name, **params)
    assert (error.code, error.field) == (code, field)
    assert error.message
    assert error.hint


def test_a_misspelt_place_is_answered_with_the_nearest(
    catalogue: TemplateCatalogue, hospital: SiteGraph
) -> None:
    assert "pharmacy" in refusal(catalogue, hospital, "go_to", to="pharmasy").hint


def test_a_pin_is_never_repeated_in_a_message(catalogue: TemplateCatalogue, hospital: SiteGraph) -> None:
    error = refusal(catalogue, hospital, "deliver", **{"from": "pharmacy", "to": "ward_201", "pin": "99"})
    assert "99" not in f"{error.message} {error.hint} {error.value}"


# -- the sample templates ------------------------------------------------------------------------------


def test_every_text_is_in_both_languages(catalogue: TemplateCatalogue) -> None:
    texts = []
    for template in catalogue:
        texts += [template.names, template.description, *(step.title for step in template.steps)]
        for param in template.params:
            texts += [param.label, *([param.help] if param.help else []), *param.choice_labels.values()]
    assert len(texts) > 30
    assert [text for text in texts if list(text) != ["en", "zh-CN"]] == []


def test_each_family_has_a_template(catalogue: TemplateCatalogue) -> None:
    assert {template.family for template in catalogue} == set(Family)


def test_every_action_is_a_skill_of_some_model(catalogue: TemplateCatalogue) -> None:
    able = {skill for model in models() for skill in load_profile(model).skills}
    for template in catalogue:
        assert set(catalogue.skills(template.template_id)) <= able


@pytest.mark.parametrize("room", ["ward_201", "triage_desk", "theatre_2"])
def test_the_robots_own_skills_take_every_task_as_it_is_made(
    catalogue: TemplateCatalogue, hospital: SiteGraph, room: str
) -> None:
    """A parameter that the skill does not know, or out of its range, would fail on the robot only."""
    asked: list[tuple[str, dict[str, Any]]] = [
        ("deliver", {"from": "pharmacy", "to": room, "pin": "0047", "item": "insulin"}),
        ("disinfect_room_uv", {"room": room, "dose_mj_cm2": 600}),
        ("disinfect_room_uv", {"room": room, "dose_mj_cm2": 1}),
        ("guide_visitor", {"to": "pharmacy" if room == "triage_desk" else room, "visitor": "李华"}),
        ("patrol_tour", {"checkpoints": [room, "pharmacy"], "dwell_s": 600}),
    ]
    for name, params in asked:
        for task in expand(catalogue, hospital, name, **params).tasks:
            skill = build_skill(Action(action_id="a", action_type=task.action_type, params=task.params))
            documented = sys.modules[type(skill).__module__].__doc__ or ""
            assert [param for param in task.params if param not in documented] == []


# -- wrong files ---------------------------------------------------------------------------------------

GOOD = """
template: tour
family: patrol
names: {en: Tour}
description: {en: A tour}
params:
  - {name: room, type: room, label: {en: Room}}
  - {name: where, type: places, label: {en: Where}}
  - {name: dwell_s, type: number, label: {en: Stay}, default: 3, minimum: 0, maximum: 60}
  - {name: style, type: choice, label: {en: Style}, choices: [calm, brisk], default: calm}
steps:
  - for_each: $where
    action: capture
    title: {en: "Look at {where}"}
    params: {dwell_s: $dwell_s}
    seconds_per: {dwell_s: 1}
  - at: $room
    title: {en: "End in {room}"}
    hold_room: $room
"""


def loaded(folder: Path, **files: str) -> TemplateCatalogue:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return TemplateCatalogue.load(folder)


def test_the_good_file_is_good(tmp_path: Path) -> None:
    assert len(loaded(tmp_path, good=GOOD)) == 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("template: tour", "template: [", ["line 4", "no YAML"]),
        ("template: tour\n", "", ["no 'template'"]),
        ("template: tour", "template: My Tour", ["'My Tour'", "small letters"]),
        ("family: patrol", "family: cleaning", ["'cleaning'", "disinfection"]),
        ("names: {en: Tour}", "names: Tour", ["names", "mapping"]),
        ("names: {en: Tour}", "names: {zh-CN: 巡检}", ["names", "no text in en"]),
        ("names: {en: Tour}", "names: {no: Tur, en: Tour}", ["names", "False"]),
        ("description:", "descripton:", ["no 'description'"]),
        ("\nparams:", "\nmore: 1\nparams:", ["'more'"]),
        ("type: room", "type: chamber", ["'room'", "'chamber'", "place"]),
        ("name: where", "name: room", ["two parameters", "'room'"]),
        ("default: 3", "default: 90", ["default", "90", "between 0 and 60"]),
        ("default: 3", "required: false", ["'dwell_s'", "no default"]),
        ("default: calm", "default: wild", ["wild", "calm, brisk"]),
        ("choices: [calm, brisk], ", "", ["'style'", "choices"]),
        ("type: places", "kinds: [kitchen], type: places", ["'kitchen'", "ward"]),
        ("minimum: 0", "minimum: none", ["minimum", "'none'"]),
        ("for_each: $where", "for_each: where", ["'where'", "Write $"]),
        ("for_each: $where", "for_each: $room", ["'room'", "where"]),
        ("at: $room", "at: $rooom", ["'rooom'", "room"]),
        ("at: $room", "at: $where", ["'where'", "room"]),
        ("at: $room", "for_each: $where\n    at: $room", ["at or for_each"]),
        ('"Look at {where}"', '"Look at {place}"', ["'place'", "where"]),
        ('"Look at {where}"', '"Look at {where.name}"', ["'where.name'"]),
        ('"Look at {where}"', '"Look at {where"', ["brace"]),
        ("{dwell_s: $dwell_s}", "{dwell_s: $dwel_s}", ["'dwel_s'", "dwell_s"]),
        ("{dwell_s: $dwell_s}", "{door: {door_of: where}}", ["'where'", "room"]),
        ("{dwell_s: $dwell_s}", "{dwell_s: {param: style, times: 2}}", ["'style'", "dwell_s"]),
        ("seconds_per: {dwell_s: 1}", "seconds_per: {style: 1}", ["'style'", "dwell_s"]),
        ("seconds_per: {dwell_s: 1}", "duration_s: -1", ["duration_s", "-1"]),
        ("hold_room: $room", "hold_room: $where", ["'where'", "room"]),
        ("hold_room: $room", "hold_rom: $room", ["'hold_rom'", "hold_room"]),
        ("hold_room: $room", "repeatable: maybe", ["repeatable", "'maybe'"]),
        ("steps:", "different: [style]\nsteps:", ["'style'", "room, where"]),
        (GOOD[GOOD.index("steps:") :], "steps: []", ["steps", "at least one"]),
        (GOOD, "", ["None", "mapping"]),
        (GOOD, "- 1", ["[1]", "mapping"]),
    ],
)
def test_a_wrong_template_file_is_named_with_what_is_wrong_and_the_fix(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    assert old in GOOD
    with pytest.raises(TemplateError) as caught:
        loaded(tmp_path, broken=GOOD.replace(old, new))
    assert caught.value.code == "bad_template"
    assert caught.value.message.startswith("broken.yaml: ")
    assert caught.value.hint
    said = f"{caught.value.message} {caught.value.hint}"
    assert [word for word in words if word not in said] == [], said


def test_two_files_with_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"second\.yaml: a second template 'tour'"):
        loaded(tmp_path, first=GOOD, second=GOOD)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "photo.yaml").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(TemplateError, match=r"photo\.yaml: this is no UTF-8"):
        TemplateCatalogue.load(tmp_path)


@pytest.mark.parametrize("folder", [".", "missing"])
def test_a_folder_without_templates_is_named(tmp_path: Path, folder: str) -> None:
    with pytest.raises(TemplateError, match="holds no template"):
        TemplateCatalogue.load(tmp_path / folder)


def test_the_documented_example_is_a_template(tmp_path: Path, hospital: SiteGraph) -> None:
    text = (ROOT / "docs/missions.md").read_text(encoding="utf-8")
    example = text.split("```yaml\n")[1].split("```")[0]
    mission = loaded(tmp_path, example=example).expand("inspect_room", {"room": "ward_201"}, hospital)
    assert mission.tasks[0].title == {"en": "Look at Ward 201", "zh-CN": "查看201病房"}
    assert mission.tasks[0].duration_s == 7.0


def test_every_template_is_documented(catalogue: TemplateCatalogue) -> None:
    text = (ROOT / "docs/missions.md").read_text(encoding="utf-8")
    assert [t.template_id for t in catalogue if f"| `{t.template_id}` |" not in text] == []
