"""GET /site/versions: what the orchestrator ran with."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from fleet.api.app import create_app
from fleet.store.site_versions import SiteVersions
from maps.digest import content_hash
from maps.site_file import dumps, loads
from tests.fleet.api.caller import call
from tests.fleet.api.town import Town

OTHER = "f0" * 32


@pytest.fixture
def keeping(town: Town, tmp_path: Path) -> Town:
    """The town with two versions, the second of which runs."""
    versions = SiteVersions(create_engine(f"sqlite:///{tmp_path / 'versions.db'}"))
    versions.started(OTHER, "county_hospital", "site: older\n", 1.0)
    versions.started(content_hash(town.graph.site), "county_hospital", dumps(town.graph.site), 2.0)
    town.app = create_app(replace(town.services, site_versions=versions))
    return town


def test_versions_are_listed_the_newest_first(keeping: Town) -> None:
    found = call(keeping.app, "GET", "/api/v1/site/versions").json()
    assert [version["current"] for version in found] == [True, False]
    assert found[1]["hash"] == OTHER


def test_a_version_comes_with_its_file(keeping: Town) -> None:
    found = call(keeping.app, "GET", f"/api/v1/site/versions/{content_hash(keeping.graph.site)[:8]}").json()
    assert content_hash(loads(found["yaml"])) == content_hash(keeping.graph.site) == found["hash"]


@pytest.mark.parametrize(("version", "status"), [("abcdef", 404), ("f0f", 422), ("Fxxxxxx", 422)])
def test_what_is_no_version_is_refused(keeping: Town, version: str, status: int) -> None:
    answer = call(keeping.app, "GET", f"/api/v1/site/versions/{version}")
    assert answer.status_code == status
    assert "version" in answer.json()["message"]


def test_a_town_that_keeps_none_lists_none(town: Town) -> None:
    assert call(town.app, "GET", "/api/v1/site/versions").json() == []
    assert call(town.app, "GET", "/api/v1/site/versions/abcdef").status_code == 404
