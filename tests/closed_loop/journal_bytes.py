"""Prints the SHA-256 of a run's journal: python journal_bytes.py SEED MINUTES."""

import hashlib
import sys
from pathlib import Path

from maps.graph import SiteGraph
from maps.load import load
from simulators.closed_loop import Arrangement, ClosedLoop, Stage

HOSPITAL = Path(__file__).parents[2] / "maps" / "sites" / "county_hospital.yaml"


def fingerprint(seed, minutes):
    """Of every row's time, event, commands and changed keys, as they are stored; and the number of rows."""
    loop = ClosedLoop(Stage.of(SiteGraph(load(HOSPITAL))), seed, Arrangement(safety_s=60.0 * minutes))
    loop.run()
    seal = hashlib.sha256()
    rows = loop.room.journal._rows
    for row in rows:
        seal.update(repr(row.now_s).encode() + row.event + row.commands + row.keys)
    return f"{len(rows)} {seal.hexdigest()}"


if __name__ == "__main__":
    print(fingerprint(int(sys.argv[1]), float(sys.argv[2])))
