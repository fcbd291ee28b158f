"""Sites that the tests of maps share."""

from collections.abc import Callable
from pathlib import Path

import pytest

import maps
from maps.elements import Site
from maps.load import load

SITES = Path(__file__).parent / "sites"
SAMPLES = Path(maps.__file__).parent / "sites"
OPEN_RMF = Path(__file__).parents[2].parent / "shared" / "data" / "open-rmf"


@pytest.fixture
def two_rooms() -> Site:
    """One corridor, two rooms."""
    return load(SITES / "two_rooms.yaml")


@pytest.fixture
def tower() -> Site:
    """Two levels, one lift, a one-way loop."""
    return load(SITES / "tower.yaml")


@pytest.fixture(scope="session")
def hospital() -> Site:
    """The sample that comes with the product."""
    return load(SAMPLES / "county_hospital.yaml")


@pytest.fixture(scope="session")
def building() -> Callable[[str], Path]:
    """Path of one of the real Open-RMF buildings, by name; skips where the data is not there."""

    def path(name: str) -> Path:
        found = OPEN_RMF / name / f"{name}.building.yaml"
        if not found.exists():
            pytest.skip(f"{found} is not there: the public data lies beside the repository, never in it")
        return found

    return path
