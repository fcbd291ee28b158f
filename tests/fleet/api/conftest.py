"""A town with four robots, one of each family."""

from pathlib import Path

import pytest

from tests.fleet.api.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    built = Town(tmp_path)
    built.robot("carrier-1", "service", "charger_l1_a")
    built.robot("sentry-1", "patrol", "charger_l1_b")
    built.robot("lumen-1", "disinfection", "charger_l2_a")
    built.robot("guide-1", "guide", "parking_l1_a")
    return built
