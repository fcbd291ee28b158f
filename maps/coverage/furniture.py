"""Furniture for coverage plans: a YAML list, each entry {polygon: [[x, y], ...], height_m: 0.9}."""

from pathlib import Path

from maps.coverage.space import Obstacle
from maps.cursor import Cursor, open_yaml


def read_furniture(path: Path) -> tuple[Obstacle, ...]:
    """What stands in the room, in the site's frame. Without height_m it reaches the ceiling.

    Raises SiteError that names the line.
    """
    return tuple(_obstacle(entry) for entry in open_yaml(path).items("furniture"))


def _obstacle(entry: Cursor) -> Obstacle:
    fields = entry.fields(("polygon",), ("height_m",))
    polygon = tuple(point.point() for point in fields["polygon"].items())
    if len(polygon) < 3:
        raise fields["polygon"].error("furniture needs three corners", "write [[x, y], [x, y], [x, y]]")
    height_m = fields["height_m"].positive() if "height_m" in fields else float("inf")
    return Obstacle(polygon=polygon, height_m=height_m)
