"""What the API needs of the orchestrator: bootstrap fills a Services, tests fill one without sockets.

Protocols and values only. The API submits events through request and reads views and history; it never
touches the core.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fleet.core.commands import AnyCommand
from fleet.core.events import AnyEvent
from fleet.core.state import (
    AlertRecord,
    ClosureRecord,
    DoorRecord,
    LiftRecord,
    MissionRecord,
    RobotRecord,
)
from maps.graph import SiteGraph
from missions.planning.closures import Elements
from missions.templates import TemplateCatalogue


class PoseView(Protocol):
    """Latest pose of a robot; at_s is when it was heard."""

    @property
    def level(self) -> str: ...
    @property
    def x_m(self) -> float: ...
    @property
    def y_m(self) -> float: ...
    @property
    def yaw_rad(self) -> float: ...
    @property
    def speed_mps(self) -> float: ...
    @property
    def at_s(self) -> float: ...


class PathPoint(Protocol):
    @property
    def cell(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def x_m(self) -> float: ...
    @property
    def y_m(self) -> float: ...


class PathView(Protocol):
    """Where a robot may drive (base, from the last cell it passed), and what is planned beyond (horizon)."""

    @property
    def base(self) -> Sequence[PathPoint]: ...
    @property
    def horizon(self) -> Sequence[PathPoint]: ...


class Picture(Protocol):
    """The fleet at one moment: all of it (snapshot) or only what changed (changes_since); all keyed by id."""

    @property
    def cursor(self) -> int:
        """Give it to changes_since to get what came after."""

    @property
    def missions(self) -> Mapping[str, MissionRecord]: ...
    @property
    def robots(self) -> Mapping[str, RobotRecord]: ...
    @property
    def alerts(self) -> Mapping[str, AlertRecord]: ...
    @property
    def doors(self) -> Mapping[str, DoorRecord]: ...
    @property
    def lifts(self) -> Mapping[str, LiftRecord]: ...
    @property
    def closures(self) -> Mapping[str, ClosureRecord]:
        """In force, and the latest that ended."""

    @property
    def poses(self) -> Mapping[str, PoseView]: ...


class Views(Protocol):
    """The live read model (fleet.views). Every method may be called from any thread and never blocks."""

    def snapshot(self) -> Picture: ...
    def changes_since(self, cursor: int) -> Picture: ...
    def counts(self) -> tuple[int, int]:
        """Robots online, missions open."""
        ...

    def mission(self, mission_id: str) -> MissionRecord | None: ...
    def robot(self, robot_id: str) -> RobotRecord | None: ...
    def closure(self, closure_id: str) -> ClosureRecord | None: ...
    def pose(self, robot_id: str) -> PoseView | None: ...
    def path(self, robot_id: str) -> PathView | None: ...
    def frame(self, robot_id: str) -> bytes | None:
        """The latest camera picture, a JPEG."""


class JournalEntry(Protocol):
    @property
    def seq(self) -> int: ...
    @property
    def now_s(self) -> float: ...
    @property
    def event(self) -> AnyEvent: ...
    @property
    def commands(self) -> tuple[AnyCommand, ...]: ...


class History(Protocol):
    """What lies in the database only (fleet.store.queries)."""

    def mission(self, mission_id: str) -> MissionRecord | None: ...
    def missions(self, *, before_id: str | None, limit: int) -> Sequence[MissionRecord]: ...
    def journal(self, *, after: int, limit: int) -> Sequence[JournalEntry]: ...


class SiteVersionView(Protocol):
    @property
    def content_hash(self) -> str: ...
    @property
    def site_id(self) -> str: ...
    @property
    def first_used_s(self) -> float: ...
    @property
    def last_used_s(self) -> float: ...
    @property
    def starts(self) -> int: ...


class SiteVersions(Protocol):
    """The versions of the site that were used here (fleet.store.site_versions)."""

    @property
    def current(self) -> str: ...
    def all(self) -> Sequence[SiteVersionView]: ...
    def beginning(self, letters: str) -> Sequence[SiteVersionView]: ...
    def yaml(self, content_hash: str) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where robots connect."""

    control: str
    frames: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What /health says beyond the picture."""

    started_s: float
    journal_seq: int
    stopped: bool
    fire: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    request: Callable[[AnyEvent], "Future[tuple[AnyCommand, ...]]"]
    """runtime.request: resolves after the event is committed, with the commands that followed."""
    graph: SiteGraph
    elements: Elements
    """What of it can be closed."""
    templates: TemplateCatalogue
    views: Views
    history: History
    status: Callable[[], Status]
    clock: Callable[[], float]
    link: Link
    frames_dir: Path
    """Evidence pictures: <frames_dir>/<mission id>/<name>.jpg."""
    console_dir: Path | None
    """The built console (fleet/console/dist); None or absent: a page says how to build it."""
    version: str
    site_versions: SiteVersions | None = None
    site_file: Path | None = None
    """Beside it lie the floor plans that the site names; None: they are not drawn."""
