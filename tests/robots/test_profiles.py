"""The catalogue can be used as it is, and a wrong profile is named with its field, value and fix."""

import re
from importlib.resources import files

import pytest

from robots.profiles import ProfileError, load_profile, models, parse_profile

SERVICE = (files("robots") / "models" / "service.yaml").read_text(encoding="utf-8")


def test_catalogue_has_the_four_models_of_the_main_job():
    assert models() == ("auto_disinfection", "patrol", "service", "triage_guide")


@pytest.mark.parametrize("model", models())
def test_profile_is_usable_on_a_narrow_corridor(model):
    facts = load_profile(model)
    assert facts.model == model
    assert facts.radius_m <= 0.35
    assert 0.8 <= facts.speed_mps_max <= 1.2
    assert "charge" in facts.skills
    assert facts.names["en"] != facts.names["zh-CN"]


@pytest.mark.parametrize("model", models())
def test_battery_lasts_hours_and_charges_faster_than_it_empties(model):
    facts = load_profile(model)
    draw_w = max(facts.draw_moving_w, *facts.draw_action_w.values())
    assert facts.battery_wh * (1 - facts.low_fraction) / draw_w > 1.5
    assert facts.charge_w > draw_w


def test_unknown_model_is_answered_with_the_known_ones():
    with pytest.raises(ProfileError, match="model is 'tank': choose one of auto_disinfection, patrol"):
        load_profile("tank")


@pytest.mark.parametrize(
    ("line", "wrong", "message"),
    [
        ("radius_m: 0.28", "radius_m: -1", "radius_m is -1"),
        ("radius_m: 0.28", "radius_m: .nan", "radius_m is nan"),
        ("radius_m: 0.28", "radius_m: wide", "radius_m"),
        ("radius_m: 0.28", "", "radius_m"),
        ("radius_m: 0.28", "radius_mm: 280", "'radius_mm' is unknown"),
        ("low_fraction: 0.25", "low_fraction: 0.1", "low_fraction 0.1"),
        ("family: service", "family: kitchen", "family is 'kitchen'"),
        (
            "names: {zh-CN: 智能服务机器人, en: Service robot}",
            "names: {en: Service robot}",
            "names.zh-CN is missing",
        ),
        ("announce, charge]", "announce]", "skills lacks 'charge'"),
        ("announce, charge]", "announce, fly, charge]", "skills has 'fly'"),
        ("{greet: 35,", "{fly: 35,", "draw_action_w.fly"),
        ("{greet: 35,", "{greet: -1,", "draw_action_w.greet is -1"),
        ('graphs: ["0"]', "graphs: []", "graphs is empty"),
        ("family: service", "family: [", "not YAML"),
    ],
)
def test_wrong_field_is_named_with_its_file_and_value(line, wrong, message):
    assert line in SERVICE
    with pytest.raises(ProfileError, match=re.escape(message)) as caught:
        parse_profile(SERVICE.replace(line, wrong), "mine.yaml")
    assert str(caught.value).startswith("mine.yaml: ")


def test_profile_that_is_no_mapping_is_refused():
    with pytest.raises(ProfileError, match="a profile is a mapping"):
        parse_profile("- 1", "mine.yaml")
