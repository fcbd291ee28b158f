"""Robots: see them, command them, all of them at once."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from fleet.api import schemas, why
from fleet.api.deps import CONTROL, UNKNOWN, Context, Ctx
from fleet.api.errors import invalid, not_found
from fleet.api.submit import control
from fleet.core.events import FleetControlled, FleetVerb, RobotControlled, RobotVerb
from fleet.core.state import RobotRecord

router = APIRouter(tags=["robots"])
RobotId = Annotated[str, Path(examples=["carrier-1"])]
Verb = Literal["pause", "resume", "stop", "dock", "out-of-service", "in-service", "clear"]
AllVerb = Literal["stop-all", "resume-all", "dock-all"]


@router.get("/robots", summary="All robots that have ever said hello")
async def list_robots(ctx: Ctx) -> list[schemas.RobotOut]:
    robots = ctx.services.views.snapshot().robots
    return [ctx.renderer.robot(robots[robot_id]) for robot_id in sorted(robots)]


@router.get("/robots/{robot_id}", summary="One robot", responses=UNKNOWN)
async def get_robot(ctx: Ctx, robot_id: RobotId) -> schemas.RobotOut:
    return ctx.renderer.robot(must_find(ctx, robot_id))


@router.get("/robots/{robot_id}/why", summary="Why is it so, and what does it wait for?", responses=UNKNOWN)
async def why_robot(ctx: Ctx, robot_id: RobotId) -> schemas.WhyOut:
    return why.robot_why(must_find(ctx, robot_id), ctx.services.views, ctx.services.clock())


@router.post(
    "/robots/{robot_id}/{verb}",
    summary="Pause, resume, stop, dock, out of service, in service, clear",
    responses=CONTROL,
)
async def control_robot(
    ctx: Ctx, robot_id: RobotId, verb: Verb, body: schemas.ControlIn | None = None
) -> schemas.ControlAnswer:
    """`stop` halts at once, everything off, until a resume. `dock` sends it to a charger after what it does
    now. `clear` says that a person has taken a lost robot off the floor: its places are free again.
    """
    must_find(ctx, robot_id)
    asked = body or schemas.ControlIn()
    event = RobotControlled(
        robot_id=robot_id, verb=RobotVerb(verb.replace("-", "_")), by=asked.by, because=asked.because
    )
    return await control(ctx.services, event, "robot_id")


@router.post("/fleet/{verb}", summary="Stop all, resume all, dock all", responses={**CONTROL}, tags=["fleet"])
async def control_fleet(
    ctx: Ctx, verb: AllVerb, body: schemas.ControlIn | None = None
) -> schemas.ControlAnswer:
    """stop-all needs a reason (because). pending names the robots that have not acknowledged yet."""
    asked = body or schemas.ControlIn()
    if verb == "stop-all" and not asked.because.strip():
        hint = 'Say why in a few words: {"because": "person on the floor in ward 2"}.'
        raise invalid("because", "'because' is empty, and stop-all needs a reason.", hint)
    event = FleetControlled(verb=FleetVerb(verb.replace("-", "_")), by=asked.by, because=asked.because)
    return await control(ctx.services, event, "verb")


@router.get(
    "/frames/{robot_id}/latest.jpg",
    summary="The latest camera picture",
    response_class=Response,
    responses={**UNKNOWN, 200: {"content": {"image/jpeg": {}}}},
)
async def latest_frame(ctx: Ctx, robot_id: RobotId) -> Response:
    must_find(ctx, robot_id)
    jpeg = ctx.services.views.frame(robot_id)
    if jpeg is None:
        raise not_found("frame", robot_id, [], field="robot_id")
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


def must_find(ctx: Context, robot_id: str) -> RobotRecord:
    record = ctx.services.views.robot(robot_id)
    if record is None:
        raise not_found("robot", robot_id, list(ctx.services.views.snapshot().robots), field="robot_id")
    return record
