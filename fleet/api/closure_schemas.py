"""Bodies about what is closed: closing, opening, and what is in force."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fleet.api.words import Name, Reason

Kind = Literal["lane", "zone", "room", "door", "lift"]
MINUTES_MAX = 525_600.0
"""A year: what is closed for longer is better taken out of the site."""


class ClosureIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Annotated[Kind, Field(examples=["lane"])]
    id: Annotated[
        str, Field(description="Id of the element, or its name", examples=["l1_bay_w1>l1_sw_inner"])
    ]
    because: Annotated[Reason, Field(description="Why, in words; it is kept", examples=["wet floor"])]
    by: Name = ""
    minutes: Annotated[
        float | None, Field(gt=0, le=MINUTES_MAX, allow_inf_nan=False, description="It opens by itself then")
    ] = None
    until_s: Annotated[
        float | None,
        Field(allow_inf_nan=False, description="Unix seconds at which it opens by itself; not with minutes"),
    ] = None
    one_way: Annotated[bool, Field(description="Of a lane: only this direction")] = False


class ClosureOut(BaseModel):
    id: str
    kind: Kind
    element: str
    one_way: bool
    timed: bool
    """By the site's timetable."""
    by: str
    because: str
    closed_s: float
    until_s: float | None
    diverted: list[str]
    """Robots that were on their way through."""
    opened_s: float | None
    """Set when it is over."""
    opened_by: str


class ClosureAnswer(BaseModel):
    """201: what was closed, and the robots that were told to stop and have not acknowledged yet."""

    id: str
    because: str
    pending: list[str] = []


class ClosureEffect(BaseModel):
    """What closing it now would mean."""

    element: str
    missions: list[str]
    """Open ones with a step inside: they wait."""
    passing: list[str]
    """Robots whose present way leads through: they go round."""
    inside: list[str]
    """Robots inside: those on their way drive out."""
