"""A name for everything that decides: code, site and settings. Equal names replay alike."""

import hashlib
from importlib import metadata
from pathlib import Path

DECIDING = ("fleet/core", "missions", "maps")
"""Folders whose code the core's decisions depend on."""


def deciding_version(*inputs: bytes) -> str:
    """'0.1.0+1f3a…': the release and a digest of the deciding code and of inputs (site file, settings)."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for folder in DECIDING:
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    for data in inputs:
        digest.update(data)
    return f"{metadata.version('cityfleet')}+{digest.hexdigest()[:12]}"
