"""A name for everything that decides: code, site and settings. Equal names replay alike."""

import hashlib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

DECIDING = ("fleet/core", "missions", "maps")
"""Folders whose code the core's decisions depend on."""


def deciding_version(*, inputs: Sequence[bytes], layout: bytes) -> str:
    """'0.1.0+1f3a9c04d2aa.9b21c7e0': the release; a digest of the deciding code and inputs (site, settings);
    a digest of the layout (cells), which what is remembered of robots is told in."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for folder in DECIDING:
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    for data in inputs:
        digest.update(data)
    places = hashlib.sha256(layout).hexdigest()[:8]
    return f"{metadata.version('cityfleet')}+{digest.hexdigest()[:12]}.{places}"


def layout_of(version: str) -> str:
    """The layout's digest in a version; '' when there is none."""
    return version.rpartition("+")[2].partition(".")[2]
