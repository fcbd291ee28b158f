"""The drawing of a level over HTTP: shapes, SVG, PNG, and the image beneath."""

from dataclasses import replace
from pathlib import Path

import cv2
import httpx
import numpy as np

from fleet.api.drawing_schemas import DrawingOut
from fleet.api.drawings import Drawings
from maps.elements import FloorPlan
from maps.graph import SiteGraph
from maps.package import pack, package
from tests.fleet.api.town import Town


def test_drawing_has_the_shape_that_the_reference_promises(town: Town) -> None:
    got = town.get("/site/levels/L1/drawing")
    assert got.status_code == 200
    drawing = DrawingOut.model_validate_json(got.content)
    assert drawing.level == "L1"
    refs = {ref for layer in drawing.layers for shape in layer.shapes for ref in getattr(shape, "refs", [])}
    site = town.get("/site").json()
    here = [room["id"] for room in site["rooms"] if room["level"] == "L1"]
    assert {f"room:{room}" for room in here} <= refs


def _unless(town: Town, level: str, etag: str) -> httpx.Response:
    headers = {"If-None-Match": etag}
    return town.call("GET", f"/api/v1/site/levels/{level}/drawing", headers=headers)


def test_caller_that_has_the_drawing_gets_nothing_again(town: Town) -> None:
    etag = town.get("/site/levels/L1/drawing").headers["etag"]
    again = _unless(town, "L1", etag)
    assert (again.status_code, again.content) == (304, b"")
    other = _unless(town, "L2", etag)
    assert other.status_code == 200


def test_levels_are_drawn_for_people_too(town: Town) -> None:
    svg = town.get("/site/levels/L2/drawing.svg")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert svg.text.startswith("<svg")
    png = town.get("/site/levels/L2/drawing.png", dpi=40)
    assert png.content.startswith(b"\x89PNG")


def test_resolution_that_would_fill_the_memory_is_refused(town: Town) -> None:
    got = town.get("/site/levels/L2/drawing.png", dpi=5000)
    assert (got.status_code, got.json()["field"]) == (422, "dpi")


def test_unknown_level_is_404_and_offers_the_nearest(town: Town) -> None:
    for what in ("drawing", "drawing.svg", "drawing.png", "floor_plan"):
        got = town.get(f"/site/levels/L11/{what}")
        assert (got.status_code, got.json()["code"]) == (404, "LEVEL_UNKNOWN")
        assert "L1" in got.json()["hint"]


def test_level_without_a_floor_plan_says_so(town: Town) -> None:
    got = town.get("/site/levels/L1/floor_plan")
    assert (got.status_code, got.json()["code"]) == (404, "NO_FLOOR_PLAN")


def test_floor_plan_lies_beside_the_site_file_and_is_sent_as_png(town: Town, tmp_path: Path) -> None:
    plan = FloorPlan(path="plan.pgm", origin=(0.0, 0.0), yaw_rad=0.0, scale_m_per_px=0.05)
    site = town.graph.site
    levels = tuple(replace(level, floor_plan=plan) for level in site.levels)
    graph = SiteGraph(replace(site, levels=levels))
    missing = DrawingOut.model_validate_json(Drawings(graph, tmp_path / "site.yaml").json("L1").content)
    assert all(shape.shape != "image" for layer in missing.layers for shape in layer.shapes)
    cv2.imwrite(str(tmp_path / "plan.pgm"), np.full((20, 30), 200, np.uint8))
    drawings = Drawings(graph, tmp_path / "site.yaml")
    there = DrawingOut.model_validate_json(drawings.json("L1").content)
    assert [s.shape for layer in there.layers if layer.name == "floor_plan" for s in layer.shapes] == [
        "image"
    ]
    found = drawings.floor_plan("L1")
    assert found is not None
    assert found.content.startswith(b"\x89PNG")
    packed = tmp_path / "elsewhere" / "site.zip"
    packed.parent.mkdir()
    packed.write_bytes(pack(package(graph.site, tmp_path)))
    assert Drawings(graph, packed).floor_plan("L1") == found
