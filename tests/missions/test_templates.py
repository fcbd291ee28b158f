from pathlib import Path
from typing import Any

import pytest

from maps.graph import SiteGraph
from maps.load import load
from missions.errors import TemplateError
from missions.mission import Mission
from missions.templates import TemplateCatalogue
from robots.skills.registry import skill_names

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
        ("patrol_tour", {"checkpoints": []}, "wrong_type", "params.checkpoints"),
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


def test_every_action_is_a_skill_of_some_robot(catalogue: TemplateCatalogue) -> None:
    asked = {skill for template in catalogue for skill in template.skills}
    assert asked
    assert asked <= set(skill_names())


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("template: [", "line 1"),
        ("template: x\nfamily: service\nnames: {en: X}\ndescription: {en: X}\nsteps: [{at: $to}]", "$to"),
        ("template: x\nfamily: cleaning\nnames: {en: X}\ndescription: {en: X}\nsteps: []", "cleaning"),
        ("family: service", "template"),
    ],
)
def test_a_wrong_template_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "broken.yaml").write_text(text)
    with pytest.raises(TemplateError) as caught:
        TemplateCatalogue.load(tmp_path)
    assert "broken.yaml" in caught.value.message
    assert word in caught.value.message
