"""Bodies that tell why: a history's lines, the reasons behind a wait, the journal's rows."""

from typing import Annotated, Any

from pydantic import BaseModel, Field


class HistoryOut(BaseModel):
    at_s: float
    what: str
    because: str
    robot: str = ""
    task: int | None = None


class WhyOut(BaseModel):
    """Why a mission or robot is as it is: from the nearest reason to the one behind it."""

    id: str
    state: str
    because: str
    waiting: str
    waiting_since_s: float | None
    reasons: Annotated[
        list[str],
        Field(
            examples=[
                [
                    "mission-000003 is queued: every robot that can do it is busy.",
                    "It waits for robot carrier-1 (for 42 s).",
                    "carrier-1 does mission-000001 and waits for door d_201.",
                ]
            ]
        ),
    ]
    history: list[HistoryOut]


class CommandOut(BaseModel):
    kind: Annotated[str, Field(examples=["SendOrder"])]
    because: str
    facts: dict[str, Any]


class JournalRowOut(BaseModel):
    """One event and what followed from it."""

    seq: int
    at_s: float
    event: Annotated[str, Field(examples=["MissionRequested"])]
    facts: dict[str, Any]
    commands: list[CommandOut]


class JournalPage(BaseModel):
    rows: list[JournalRowOut]
    next_after: int
    """Pass it as after to read on; unchanged when there is nothing newer."""
