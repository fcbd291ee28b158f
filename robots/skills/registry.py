"""Which action type is which skill. A new skill: one file, one line here, one line in a profile."""

from robots.protocol import Action
from robots.skills.announce import AnnounceSkill
from robots.skills.base import Skill, SkillError
from robots.skills.capture import CaptureSkill, DwellSkill
from robots.skills.charge import ChargeSkill
from robots.skills.deliver import LoadSkill, UnloadSkill
from robots.skills.guide import GreetSkill, LeadSkill
from robots.skills.uv import UvSkill
from robots.tables import Table

_KINDS: tuple[type[Skill], ...] = (
    CaptureSkill,
    DwellSkill,
    UvSkill,
    GreetSkill,
    LeadSkill,
    LoadSkill,
    UnloadSkill,
    AnnounceSkill,
    ChargeSkill,
)

SKILL_TABLES: tuple[Table, ...] = tuple(kind.table for kind in _KINDS)


def skill_names() -> tuple[str, ...]:
    """Every action type that this program can perform."""
    return tuple(kind.table.name for kind in _KINDS)


def build_skill(action: Action) -> Skill:
    """The skill for this action, its parameters checked. Raises SkillError with a sentence to refuse with."""
    for kind in _KINDS:
        if kind.table.name == action.action_type:
            return kind(action)
    raise SkillError(f"action_type is {action.action_type!r}: this program knows {', '.join(skill_names())}.")
