"""The tables. The journal is the truth; missions, robots and alerts are its latest rows, for reading.

SQLModel lives here and in fleet.api only. Blobs are msgpack (journal) and JSON (current rows).
"""

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel


class JournalRow(SQLModel, table=True):
    """One event, what followed from it, and which records it changed."""

    __tablename__ = "journal"

    seq: int = Field(primary_key=True)
    now_s: float
    kind: str = Field(index=True)
    event: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    commands: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    records: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Keys ('mission mission-000001') of the changed records; the row tables have their latest values."""
    crc32: int


class QuarantinedRow(SQLModel, table=True):
    """A journal row that a repair has set aside. Nothing is ever deleted."""

    __tablename__ = "journal_quarantine"

    quarantine_id: int | None = Field(default=None, primary_key=True)
    seq: int
    now_s: float
    kind: str
    event: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    commands: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    records: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    crc32: int
    because: str
    moved_s: float


class SnapshotRow(SQLModel, table=True):
    """The core's whole state after the journal row seq."""

    __tablename__ = "snapshot"

    seq: int = Field(primary_key=True)
    created_s: float
    version: str
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    crc32: int


class MissionRow(SQLModel, table=True):
    __tablename__ = "mission"

    mission_id: str = Field(primary_key=True)
    state: str = Field(index=True)
    template: str
    family: str
    robot: str
    created_s: float = Field(index=True)
    ended_s: float | None = None
    data: str
    """The MissionRecord as JSON."""


class RobotRow(SQLModel, table=True):
    __tablename__ = "robot"

    robot_id: str = Field(primary_key=True)
    model: str
    data: str
    """The RobotRecord as JSON."""


class AlertRow(SQLModel, table=True):
    __tablename__ = "alert"

    alert_id: str = Field(primary_key=True)
    kind: str
    severity: str
    subject: str
    raised_s: float = Field(index=True)
    handled_s: float | None = None
    data: str
    """The AlertRecord as JSON."""
