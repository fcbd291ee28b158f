"""The public map files, and the table about them in docs/maps.md.

`python -m tests.maps.catalogue` writes the table anew; test_catalogue.py holds it to the files.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from maps.elements import Site
from maps.findings import Severity
from maps.formats import recognised
from maps.load import load
from maps.source import Source
from maps.stats import stats
from maps.validate import check

DATA = Path(__file__).parents[2].parent / "shared" / "data"
PAGE = Path(__file__).parents[2] / "docs" / "maps.md"
FIRST, LAST = "<!-- catalogue: begin -->", "<!-- catalogue: end -->"

FILES = (
    *(f"open-rmf/{name}/{name}.building.yaml" for name in ("clinic", "hotel", "office", "conference")),
    "open-rmf/turtlebot3_world/turtlebot3_world.building.yaml",
    "open-rmf/campus/campus.building.yaml",
    "open-rmf/office/office_nav.yaml",
    "grids/pal_hospital/map.yaml",
    "grids/aws_small_house/map.yaml",
    "grids/turtlebot3_world/map.yaml",
    "grids/cob_izs-campus/map.yaml",
    "grids/nav2/depot.yaml",
    "grids/nav2/tb3_sandbox.yaml",
    "grids/nav2/keepout_mask.yaml",
    "grids/nav2/speed_mask.yaml",
    "grids/strands_carehome/aaf_sim.yaml",
    "grids/strands_carehome/aaf_simulation.yaml",
    "grids/strands_carehome/sim_deployment16.yaml",
    "lif/sample_layout.json",
    *(
        f"movingai/map/{name}.map"
        for name in ("den520d", "empty-48-48", "maze-32-32-4", "random-32-32-20", "room-64-64-8")
    ),
    "movingai/map/warehouse-10-20-10-2-1.map",
)
HEAD = "| File | Format | Levels | Nodes | Edges | Rooms | Doors | Lifts | Zones | Errors | Warnings |"


def row(name: str, site: Site, path: Path) -> str:
    """One file's line of the table."""
    counted, found = stats(site), check(site)
    severities = [finding.severity for finding in found]
    on_lanes, all_nodes = counted["nodes"], len(site.nodes)
    cells = [
        f"`{name}`",
        recognised(Source(path)).name,
        counted["levels"],
        on_lanes if on_lanes == all_nodes else f"{on_lanes} of {all_nodes}",
        *(counted[word] for word in ("edges", "rooms", "doors", "lifts")),
        len(site.zones),
        severities.count(Severity.ERROR),
        severities.count(Severity.WARNING),
    ]
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def table() -> Iterator[str]:
    """The whole table, line by line."""
    yield HEAD
    yield "|" + "---|" * HEAD.count(" |")
    for name in FILES:
        yield row(name, load(DATA / name), DATA / name)


def main() -> None:
    """Put the table into the page, in place of the one that is there."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(FIRST)
    _, _, after = rest.partition(LAST)
    lines = "\n".join(table())
    PAGE.write_text(f"{before}{FIRST}\n{lines}\n{LAST}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
