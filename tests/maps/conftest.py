"""Sites that the tests of maps share."""

from collections.abc import Callable
from pathlib import Path

import pytest

import maps
from maps.elements import Site
from maps.load import load

SITES = Path(__file__).parent / "sites"
SAMPLES = Path(maps.__file__).parent / "sites"
DATA = Path(__file__).parents[2].parent / "shared" / "data"


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
def data() -> Callable[[str], Path]:
    """Path of a public data file ("grids/nav2/depot.yaml"); skips where the data is not there."""

    def path(name: str) -> Path:
        found = DATA / name
        if not found.exists():
            pytest.skip(f"{found} is not there: the public data lies beside the repository, never in it")
        return found

    return path


@pytest.fixture(scope="session")
def building(data: Callable[[str], Path]) -> Callable[[str], Path]:
    """Path of one of the real Open-RMF buildings, by name."""
    return lambda name: data(f"open-rmf/{name}/{name}.building.yaml")
