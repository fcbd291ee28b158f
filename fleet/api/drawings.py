"""Drawings: the levels of the site, drawn when first asked for and kept while the site is the same."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from maps.drawing.images import FloorImage, as_png, find
from maps.drawing.scene import scene
from maps.drawing.shapes import Scene
from maps.drawing.svg import svg
from maps.graph import SiteGraph
from maps.package import beside

KEPT_MAX = 64
"""Drawings in memory; a PNG has 1 to 3 MB. More levels are drawn again."""
PNG_DPI_MAX = 300
"""What a page may ask of the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    content: bytes
    media: str
    etag: str


class Drawings:
    """Every method may be called from any thread. Levels are those of the graph."""

    def __init__(self, graph: SiteGraph, site_file: Path | None) -> None:
        self.graph = graph
        self._files = None if site_file is None else beside(site_file)
        self._kept: dict[tuple[str, str], Drawing] = {}
        self._lock = threading.Lock()

    def json(self, level: str) -> Drawing:
        """The scene as JSON (DrawingOut)."""
        return self._drawn(
            level, "json", "application/json", lambda: msgspec.json.encode(self._scene(level)[0])
        )

    def svg(self, level: str) -> Drawing:
        """A3, as `fleet map show` draws it."""
        return self._drawn(level, "svg", "image/svg+xml", lambda: self._svg(level).encode())

    def png(self, level: str, dpi: int) -> Drawing:
        """A3 in pixels."""
        return self._drawn(level, f"png{dpi}", "image/png", lambda: self._png(level, dpi))

    def floor_plan(self, level: str) -> Drawing | None:
        """The level's floor plan as PNG; None when there is none that can be drawn."""
        found = self._scene(level)[1]
        if not found:
            return None
        image = next(iter(found.values()))
        return self._drawn(level, "floor_plan", "image/png", lambda: as_png(image))

    def _drawn(self, level: str, kind: str, media: str, draw: Callable[[], bytes]) -> Drawing:
        with self._lock:
            known = self._kept.get((level, kind))
            if known is None:
                content = draw()
                etag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
                known = Drawing(content=content, media=media, etag=etag)
                if len(self._kept) >= KEPT_MAX:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[(level, kind)] = known
            return known

    def _scene(self, level: str) -> tuple[Scene, dict[str, FloorImage]]:
        """Without the floor plan if its image cannot be drawn: nobody shall ask for it in vain."""
        drawn = scene(self.graph.site, level)
        images = {} if self._files is None else find(drawn, self._files, test=True)[0]
        if not images:
            layers = tuple(
                replace(one, shapes=()) if one.name == "floor_plan" else one for one in drawn.layers
            )
            drawn = replace(drawn, layers=layers)
        return drawn, images

    def _svg(self, level: str) -> str:
        drawn, images = self._scene(level)
        return svg(drawn, images=images)

    def _png(self, level: str, dpi: int) -> bytes:
        from maps.drawing.png import png

        drawn, images = self._scene(level)
        return png(drawn, dpi=dpi, images=images)
