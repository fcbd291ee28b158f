"""Floor plan images of a site: found, measured from their header, and never decoded without need."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maps.drawing.shapes import Image, Scene

if TYPE_CHECKING:
    import numpy as np

BYTES_MAX = 32 * 2**20
PIXELS_MAX = 64_000_000
"""Larger images are left out: a drawing on A3 shows 8 million pixels at 200 dpi."""
PNG = "image/png"
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorImage:
    """PNG or PGM, as it lies in the file."""

    data: bytes
    mime: str
    width_px: int
    height_px: int


Images = Mapping[str, FloorImage]
"""By the path that the site has."""

Files = Path | Mapping[str, bytes]
"""Where a site's files are: a folder, or those of a package by their paths (maps.package.beside)."""


def find(scene: Scene, files: Files, *, test: bool = False) -> tuple[dict[str, FloorImage], list[str]]:
    """The scene's floor plans, and a sentence for each that is left out.

    `test` decodes them too, which a painter that needs their pixels must be able to.
    """
    found: dict[str, FloorImage] = {}
    notes: list[str] = []
    for image in _wanted(scene):
        try:
            plan = read(files, image.path)
            if test or plan.mime != PNG:
                decode(plan)
            found[image.path] = plan
        except (OSError, ValueError) as error:
            reason = "there is no such file" if isinstance(error, FileNotFoundError) else str(error)
            notes.append(f"The floor plan {image.path} of level {scene.level} is left out: {reason}.")
    return found, notes


def _wanted(scene: Scene) -> Iterator[Image]:
    yield from (shape for shape in scene.layer("floor_plan") if isinstance(shape, Image))


def read(files: Files, path: str) -> FloorImage:
    """The image. Raises ValueError in a few words for what cannot be drawn, OSError as reading does."""
    data = _data(files, path)
    size = _png_size(data) or _pgm_size(data)
    if size is None:
        raise ValueError("it is neither PNG nor PGM")
    width, height = size
    if not 0 < width * height <= PIXELS_MAX:
        raise ValueError(f"{width} x {height} pixels are more than can be drawn")
    mime = PNG if data.startswith(_PNG) else "image/x-portable-graymap"
    return FloorImage(data=data, mime=mime, width_px=width, height_px=height)


def _data(files: Files, path: str) -> bytes:
    if not isinstance(files, Path) and path not in files:
        raise FileNotFoundError(path)
    size = (files / path).stat().st_size if isinstance(files, Path) else len(files[path])
    if size > BYTES_MAX:
        raise ValueError(f"it is larger than {BYTES_MAX // 2**20} MB")
    return (files / path).read_bytes() if isinstance(files, Path) else files[path]


def _png_size(data: bytes) -> tuple[int, int] | None:
    if len(data) < 24 or not data.startswith(_PNG):
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _pgm_size(data: bytes) -> tuple[int, int] | None:
    """Of P2 and P5: magic number, width, height, with comments between (netpbm's pgm(5))."""
    if data[:2] not in (b"P2", b"P5"):
        return None
    lines = (line.split(b"#", 1)[0] for line in data[:4096].splitlines())
    words = b" ".join(lines).split()[1:3]
    if len(words) < 2 or not all(word.isdigit() for word in words):
        return None
    return int(words[0]), int(words[1])


def data_uri(image: FloorImage) -> str:
    """The image for an SVG or a page: browsers show PNG, and no PGM."""
    data = image.data if image.mime == PNG else as_png(image)
    return f"data:{PNG};base64," + base64.b64encode(data).decode("ascii")


def as_png(image: FloorImage) -> bytes:
    """Raises ValueError when the image is damaged."""
    import cv2

    done, encoded = cv2.imencode(".png", decode(image))
    if not done:
        raise ValueError("the floor plan cannot be written as PNG")
    return bytes(encoded.tobytes())


def decode(image: FloorImage) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """(height, width) of grey. Raises ValueError when the image is damaged."""
    import cv2
    import numpy as np

    grey = cv2.imdecode(np.frombuffer(image.data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise ValueError("it is damaged")
    return np.asarray(grey, np.uint8)
