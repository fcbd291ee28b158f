"""What an operator asks (Mission) and its steps (Task). Values only; the rules are elsewhere."""

from dataclasses import dataclass, field
from enum import StrEnum

Param = str | float | bool | tuple[str, ...]


class Family(StrEnum):
    PATROL = "patrol"
    DISINFECTION = "disinfection"
    GUIDE = "guide"
    SERVICE = "service"


class TaskState(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One step at one place: drive to node, then perform the action (or perform it on the way)."""

    seq: int
    title: dict[str, str]
    """For people, by language: 'Expose ward 302', '照射302病房'."""
    node: str
    """Node of the site graph."""
    place: str
    """The place the operator named (a node's or room's id)."""
    action_type: str
    """A skill that the robot must have; '' for just driving there."""
    params: dict[str, Param] = field(default_factory=dict)
    en_route: bool = False
    """The action runs while driving (lead)."""
    duration_s: float = 0.0
    """Estimate of the action alone."""
    hold_room: str | None = None
    """While the action runs nobody else may be in this room."""
    close_doors: tuple[str, ...] = ()
    """Doors that must be closed before and during the action."""
    repeatable: bool = True
    """After a failure in the middle another robot may start this task again."""
    pace_mps: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mission:
    """A request, expanded against the site graph. Immutable; its progress is in fleet.core.state."""

    mission_id: str
    template: str
    family: Family
    title: dict[str, str]
    params: dict[str, Param]
    tasks: tuple[Task, ...]
    priority: int = 1
    """0 low, 1 normal, 2 high, 3 emergency."""
    robot: str | None = None
    """Pinned to this robot."""
    requested_by: str = ""
