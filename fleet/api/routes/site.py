"""What there is: health, the site, the templates, state machines, where robots connect, the journal."""

from typing import Annotated

from fastapi import APIRouter, Query

from fleet.api import schemas
from fleet.api.deps import ERRORS, Ctx
from fleet.api.health import health
from fleet.api.templates_out import templates_out
from robots.protocol import PROTOCOL_VERSION

router = APIRouter()


@router.get("/health", summary="Is it alive, and how much is going on?", tags=["site"])
async def get_health(ctx: Ctx) -> schemas.Health:
    return health(ctx.services)


@router.get("/site", summary="Levels, walls, lanes, rooms, doors, lifts, places", tags=["site"])
async def get_site(ctx: Ctx) -> schemas.SiteOut:
    return ctx.site


@router.get("/templates", summary="What can be asked for here, with its parameters", tags=["missions"])
async def list_templates(ctx: Ctx) -> list[schemas.TemplateOut]:
    robots = ctx.services.views.snapshot().robots.values()
    return templates_out(ctx.services.templates, ctx.services.graph, robots)


@router.get("/machines", summary="State machines of robots and skills, to draw", tags=["robots"])
async def list_machines(ctx: Ctx) -> list[schemas.MachineOut]:
    return ctx.machines


@router.get("/link", summary="Where a robot connects", tags=["robots"])
async def get_link(ctx: Ctx) -> schemas.LinkOut:
    return schemas.LinkOut(
        control=ctx.services.link.control,
        frames=ctx.services.link.frames,
        protocol_version=PROTOCOL_VERSION,
        site=ctx.services.graph.site.site_id,
    )


@router.get("/journal", summary="Every event and what followed from it", tags=["site"], responses=ERRORS)
def read_journal(
    ctx: Ctx,
    after: Annotated[int, Query(ge=0, description="Rows with a greater seq")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> schemas.JournalPage:
    entries = ctx.services.history.journal(after=after, limit=limit)
    rows = [ctx.renderer.journal_row(entry) for entry in entries]
    return schemas.JournalPage(rows=rows, next_after=rows[-1].seq if rows else after)
