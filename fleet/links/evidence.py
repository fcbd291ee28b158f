"""Pictures that an action took as evidence: kept as files, one folder a mission."""

import logging
import os
import re
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9_.-]{1,80}")

log = logging.getLogger(__name__)


def keep_evidence(folder: Path, tag: str, jpeg: bytes) -> Path | None:
    """Tag 'mission/task/order' becomes <folder>/<mission>/<task>-<order>.jpg.

    Returns None, and logs why, for a tag that belongs to no mission and when the disk does not take it: a
    picture that is lost must not stop a robot.
    """
    parts = tag.split("/")
    if len(parts) != 3 or not all(NAME.fullmatch(part) and set(part) != {"."} for part in parts):
        log.warning("A picture tagged %r was left out: it belongs to no mission's action.", tag[:100])
        return None
    path = folder / parts[0] / f"{parts[1]}-{parts[2]}.jpg"
    half = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(jpeg)
        os.replace(half, path)  # a reader never sees half of it
    except OSError as error:
        log.error("The picture %s could not be kept: %s.", path, error.strerror)
        return None
    return path
