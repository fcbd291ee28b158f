"""Hunts deliberate bugs: one at a time in a scratch copy, under seed after seed until one catches it.

    python -m tests.mutants.hunt [--seeds 0:200] [--only NAME ...] [--out caught.jsonl]

A line per bug: its name, the seed and the invariant that caught it, or nothing. Goes on where it ended: what
the file holds is not hunted again. Ends with 1 when a bug got away.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.progress import track

from tests.mutants.bugs import BUGS, Bug

ROOT = Path(__file__).parents[2]
PACKAGES = ("fleet", "maps", "missions", "robots", "simulators")
CHUNK = 5
"""Seeds in one process: starting one takes as long as two of them."""
MINUTES = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    bug: str
    seed: int | None
    """The first one that caught it; None: it got away."""
    invariant: str
    """What was violated; 'exception' when the code itself raised."""
    story: str


def mutated(bug: Bug, source: str) -> str:
    """Raises ValueError when the bug does not fit the code any more: write it anew."""
    if source.count(bug.before) != 1:
        raise ValueError(f"{bug.name}: its text occurs {source.count(bug.before)} times in {bug.path}")
    return source.replace(bug.before, bug.after)


def copy(scratch: Path) -> None:
    """What the closed loop needs."""
    leave_out = shutil.ignore_patterns("node_modules", "dist", "__pycache__", "console")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, scratch / package, ignore=leave_out)


def hunt(bug: Bug, scratch: Path, seeds: range) -> Verdict:
    path = scratch / bug.path
    sound = path.read_text()
    path.write_text(mutated(bug, sound))
    try:
        for first in range(seeds.start, seeds.stop, CHUNK):
            verdict = _soak(bug, scratch, first, min(first + CHUNK, seeds.stop))
            if verdict is not None:
                return verdict
    finally:
        path.write_text(sound)
    return Verdict(bug=bug.name, seed=None, invariant="", story="")


def _soak(bug: Bug, scratch: Path, first: int, end: int) -> Verdict | None:
    """The first seed of these that catches it."""
    command = [sys.executable, "-m", "fleet", "sim", "soak", "--json", "--no-shrink"]
    command += ["--seeds", f"{first}:{end}", "--minutes", str(MINUTES)]
    environment = {**os.environ, "PYTHONPATH": str(scratch), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=scratch, env=environment, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode not in (0, 1) or not lines:
        raise RuntimeError(f"{bug.name}: the soak ended with {done.returncode}: {done.stderr[-2000:]}")
    found = json.loads(lines[-1])["violations"]
    if not found:
        return None
    caught = min(found, key=lambda violation: int(violation["seed"]))
    story = str(caught["story"])[:300]
    return Verdict(bug=bug.name, seed=caught["seed"], invariant=caught["invariant"], story=story)


def known(path: Path) -> dict[str, Verdict]:
    if not path.exists():
        return {}
    verdicts = (Verdict(**json.loads(line)) for line in path.read_text().splitlines())
    return {verdict.bug: verdict for verdict in verdicts}


def _wanted(names: Iterable[str], done: dict[str, Verdict]) -> Iterator[Bug]:
    chosen = tuple(names)
    for bug in BUGS:
        if bug.name in chosen if chosen else bug.name not in done:
            yield bug


def main() -> int:
    parser = argparse.ArgumentParser(description="Hunt deliberate bugs with the closed loop.")
    parser.add_argument("--seeds", default="0:200")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=Path("build/caught.jsonl"))
    options = parser.parse_args()
    first, end = map(int, options.seeds.split(":"))
    done = known(options.out)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        copy(scratch)
        for bug in track(list(_wanted(options.only, done)), description="bugs"):
            done[bug.name] = hunt(bug, scratch, range(first, end))
            options.out.write_text("".join(json.dumps(asdict(v)) + "\n" for v in done.values()))
    away = [verdict.bug for verdict in done.values() if verdict.seed is None]
    print(
        f"{len(done)} bugs, {len(done) - len(away)} caught", *(f"got away: {name}" for name in away), sep="\n"
    )
    return 1 if away else 0


if __name__ == "__main__":
    sys.exit(main())
