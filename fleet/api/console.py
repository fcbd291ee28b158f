"""Serves the built console: hashed assets for a year, the page itself never from a cache."""

import html
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'none'"
)
PAGE_HEADERS = {"Cache-Control": "no-cache", "Content-Security-Policy": CONTENT_POLICY}
ASSET_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>CityFleet</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:10vh auto;padding:0 1rem}}
code{{background:#eee;padding:.1em .3em}}</style>
<h1>The orchestrator runs; the console is not built</h1>
<p>Looked for it in <code>{folder}</code>.</p>
<p>Build it: <code>make demo</code>, or <code>pip install -e .</code> in the project's folder.
Then load this page again.</p>
<p>Meanwhile: <a href="/api/v1/docs">the API</a>, <a href="/api/v1/health">health</a>,
<code>fleet mission list</code>, <code>fleet robots list</code>.</p></html>"""


def install(app: FastAPI, folder: Path | None) -> None:
    """Must come last: it answers every GET that nothing else does, but for /api."""
    router = APIRouter(include_in_schema=False)
    root = folder.resolve() if folder is not None else None

    @router.get("/{path:path}")
    def page(request: Request, path: str) -> Response:
        if path == "api" or path.startswith("api/"):
            raise HTTPException(404)
        if root is None or not (root / "index.html").is_file():
            return HTMLResponse(NOT_BUILT.format(folder=html.escape(str(root))), 503, PAGE_HEADERS)
        return _file(root, path)

    app.include_router(router)


def _file(root: Path, path: str) -> Response:
    wanted = (root / path).resolve()
    if path and wanted.is_relative_to(root) and wanted.is_file():
        headers = ASSET_HEADERS if path.startswith("assets/") else PAGE_HEADERS
        return FileResponse(wanted, headers=headers)
    if path.startswith("assets/"):
        raise HTTPException(404)  # an old page asks for an asset of an old build
    return FileResponse(root / "index.html", headers=PAGE_HEADERS)
