"""The little that importers need to know about images."""

from pathlib import Path

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_size_px(path: Path) -> tuple[int, int] | None:
    """Width and height from the PNG's header; None when there is no such PNG."""
    try:
        with path.open("rb") as file:
            head = file.read(24)
    except OSError:
        return None
    if len(head) < 24 or head[:8] != _PNG_SIGNATURE:
        return None
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
