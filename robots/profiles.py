"""The robot catalogue: one YAML file a model in robots/models, read into the Factsheet it sends in Hello.

Figures there are typical of such robots; a vendor's profile states its own. No robot's state lives here.
"""

import math
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec
import yaml

from robots.protocol import Factsheet
from robots.skills.registry import skill_names

FAMILIES = ("patrol", "disinfection", "guide", "service")
_POSITIVE = (
    "radius_m",
    "speed_mps_max",
    "acceleration_mps2",
    "turn_radps_max",
    "battery_wh",
    "draw_idle_w",
    "draw_moving_w",
    "charge_w",
)
_TABLES = ("draw_action_w", "tanks_ml", "lamps_w")


class ProfileError(ValueError):
    """A profile that cannot be used. The message names file, field, value and fix."""


def models() -> tuple[str, ...]:
    """The models of the catalogue, sorted."""
    return tuple(sorted(path.name[:-5] for path in _folder().iterdir() if path.name.endswith(".yaml")))


def load_profile(model: str) -> Factsheet:
    """The factsheet of a model of the catalogue.

    Raises ProfileError: unknown model (the message lists the known ones), or a field of its file is wrong.
    """
    if model not in models():
        raise ProfileError(f"model is {model!r}: choose one of {', '.join(models())}.")
    path = _folder() / f"{model}.yaml"
    return parse_profile(path.read_text(encoding="utf-8"), path.name)


def parse_profile(text: str, source: str) -> Factsheet:
    """A profile's text, checked field by field. source names it in messages. Raises ProfileError."""
    try:
        raw: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ProfileError(f"{source}: not YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(raw, dict):
        raise ProfileError(f"{source}: a profile is a mapping of fields, this is {type(raw).__name__}.")
    unknown = [str(name) for name in raw if name not in Factsheet.__struct_fields__]
    if unknown:
        raise ProfileError(f"{source}: field {unknown[0]!r} is unknown: remove it or correct its spelling.")
    try:
        facts = msgspec.convert(raw, Factsheet, strict=True)
    except msgspec.ValidationError as error:
        raise ProfileError(f"{source}: {error}.") from error
    problem = _problem(facts)
    if problem:
        raise ProfileError(f"{source}: {problem}")
    return facts


def _folder() -> Traversable:
    return files("robots") / "models"


def _problem(facts: Factsheet) -> str:
    """The first thing that is wrong with the figures; '' when nothing is."""
    return _number_problem(facts) or _table_problem(facts) or _word_problem(facts)


def _number_problem(facts: Factsheet) -> str:
    for name in _POSITIVE:
        value: float = getattr(facts, name)
        if not (math.isfinite(value) and value > 0):
            return f"{name} is {value!r}: give a number above 0."
    if not 0 < facts.reserve_fraction < facts.low_fraction < 1:
        return (
            f"reserve_fraction is {facts.reserve_fraction!r} and low_fraction {facts.low_fraction!r}: "
            "give 0 < reserve < low < 1."
        )
    return ""


def _table_problem(facts: Factsheet) -> str:
    for name in _TABLES:
        for key, value in getattr(facts, name).items():
            if not (math.isfinite(value) and value >= 0):
                return f"{name}.{key} is {value!r}: give a number of 0 or more."
    for skill in facts.draw_action_w:
        if skill not in facts.skills:
            return (
                f"draw_action_w.{skill}: the model does not have this skill: add it to skills or remove it."
            )
    return ""


def _word_problem(facts: Factsheet) -> str:
    if facts.family not in FAMILIES:
        return f"family is {facts.family!r}: choose one of {', '.join(FAMILIES)}."
    for skill in facts.skills:
        if skill not in skill_names():
            return f"skills has {skill!r}: this program knows {', '.join(skill_names())}."
    if "charge" not in facts.skills:
        return "skills lacks 'charge': every robot charges by itself, add it."
    for language in ("en", "zh-CN"):
        if not facts.names.get(language):
            return f"names.{language} is missing: people read it in the console."
    if not facts.graphs:
        return "graphs is empty: name at least one fleet graph, usually '0'."
    return ""
