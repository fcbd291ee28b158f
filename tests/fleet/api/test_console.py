"""The built console: one page for every path, hashed assets for a year, and help when it is not built."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from fleet.api import console, errors
from tests.fleet.api.caller import call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<title>console</title>")
    (dist / "assets" / "app-1a2b.js").write_text("let app = 1")
    (dist / "favicon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return dist


def get(folder: Path | None, path: str) -> httpx.Response:
    app = FastAPI()
    errors.install(app)
    console.install(app, folder)
    return call(app, "GET", path)


@pytest.mark.parametrize("path", ["/", "/operations", "/missions/mission-000001"])
def test_every_path_is_the_page_and_is_never_cached(folder: Path, path: str) -> None:
    got = get(folder, path)
    assert "console" in got.text
    assert got.headers["cache-control"] == "no-cache"
    assert "frame-ancestors 'none'" in got.headers["content-security-policy"]


def test_assets_are_cached_for_a_year(folder: Path) -> None:
    got = get(folder, "/assets/app-1a2b.js")
    assert got.text == "let app = 1"
    assert "immutable" in got.headers["cache-control"]


def test_an_asset_of_an_old_build_is_404_and_not_the_page(folder: Path) -> None:
    assert get(folder, "/assets/app-old.js").status_code == 404


@pytest.mark.parametrize("path", ["/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt"])
def test_nothing_outside_the_folder_is_served(folder: Path, path: str) -> None:
    assert "secret" not in get(folder, path).text.replace("secret.txt", "")


def test_an_unknown_api_path_is_an_error_body(folder: Path) -> None:
    got = get(folder, "/api/v2/missions")
    assert got.status_code == 404
    assert got.json()["code"] == "PATH_UNKNOWN"


@pytest.mark.parametrize("present", [True, False])
def test_without_a_build_the_page_says_how_to_build_it(tmp_path: Path, present: bool) -> None:
    got = get(tmp_path if present else None, "/")
    assert got.status_code == 503
    assert "make demo" in got.text
