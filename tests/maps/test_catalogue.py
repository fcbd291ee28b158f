"""Every public map file imports, checks and shows, and docs/maps.md says what is in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from maps.drawing.scene import scene
from maps.drawing.svg import svg
from maps.load import load
from maps.site_file import dumps, loads
from maps.validate import check
from tests.maps.catalogue import FILES, PAGE, row


@pytest.mark.parametrize("name", FILES)
def test_public_file_imports_checks_shows_and_is_listed(name: str, data: Callable[[str], Path]) -> None:
    path = data(name)
    site = load(path)
    found = check(site)
    assert len(site.nodes) > 1
    for level in site.levels:
        assert svg(scene(site, level.level_id, found)).startswith("<svg")
    assert row(name, site, path) in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_public_file_written_as_a_site_file_is_the_same_site(name: str, data: Callable[[str], Path]) -> None:
    site = load(data(name))
    assert loads(dumps(site)) == site
