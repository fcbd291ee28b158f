"""The drawing of a level: as shapes for a page, as SVG and PNG for people."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from fleet.api import drawing_schemas as schemas
from fleet.api.deps import UNKNOWN, Ctx
from fleet.api.drawings import PNG_DPI_MAX, Drawing
from fleet.api.errors import ApiError, not_found
from fleet.api.schemas import ErrorOut

# A level's id may hold a slash.
router = APIRouter(prefix="/site/levels/{level:path}", tags=["site"], responses=UNKNOWN)
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match")]
SVG: dict[int | str, dict[str, object]] = {200: {"content": {"image/svg+xml": {}}}}
PNG: dict[int | str, dict[str, object]] = {200: {"content": {"image/png": {}}}}


@router.get("/drawing", summary="A level as layers of shapes", response_model=schemas.DrawingOut)
def get_drawing(ctx: Ctx, level: str, seen: IfNoneMatch = None) -> Response:
    return _answer(ctx.drawings.json(_known(ctx, level)), seen)


@router.get("/drawing.svg", summary="A level on A3", responses=SVG, response_class=Response)
def get_drawing_svg(ctx: Ctx, level: str, seen: IfNoneMatch = None) -> Response:
    return _answer(ctx.drawings.svg(_known(ctx, level)), seen)


@router.get("/drawing.png", summary="A level on A3, in pixels", responses=PNG, response_class=Response)
def get_drawing_png(
    ctx: Ctx,
    level: str,
    dpi: Annotated[int, Query(ge=30, le=PNG_DPI_MAX, description="Pixels in an inch")] = 200,
    seen: IfNoneMatch = None,
) -> Response:
    return _answer(ctx.drawings.png(_known(ctx, level), dpi), seen)


@router.get("/floor_plan", summary="The image under a level", responses=PNG, response_class=Response)
def get_floor_plan(ctx: Ctx, level: str, seen: IfNoneMatch = None) -> Response:
    found = ctx.drawings.floor_plan(_known(ctx, level))
    if found is None:
        message, hint = (
            f"Level '{level}' has no floor plan.",
            "Name one in the site file, beside which it lies.",
        )
        raise ApiError(404, ErrorOut(code="NO_FLOOR_PLAN", message=message, field="level", hint=hint))
    return _answer(found, seen)


def _known(ctx: Ctx, level: str) -> str:
    levels = list(ctx.services.graph.levels)
    if level not in levels:
        raise not_found("level", level, levels, field="level")
    return level


def _answer(drawing: Drawing, seen: str | None) -> Response:
    """304 when the caller has it already."""
    headers = {"ETag": drawing.etag, "Cache-Control": "no-cache"}
    known = [tag.strip().removeprefix("W/") for tag in (seen or "").split(",")]
    if drawing.etag in known:
        return Response(status_code=304, headers=headers)
    return Response(content=drawing.content, media_type=drawing.media, headers=headers)
