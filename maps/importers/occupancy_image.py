"""The image of an occupancy grid: PGM (P2, P5, 8 and 16 bit) and PNG, as brightness.

The size is read from the header first, so that a picture which is no map, or far too large, is refused before
it is decoded. PGM: netpbm.sourceforge.net/doc/pgm.html. PNG: W3C Portable Network Graphics, 3rd edition.
"""

import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from maps.errors import SiteError
from maps.source import Source

PIXELS_MAX = 36_000_000
"""300 m x 300 m at 0.05 m: much more is no floor of a building, and takes minutes."""

HEAD_BYTES = 4096
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PGM_HEAD = re.compile(
    rb"P([25])(?:\s|#[^\r\n]*[\r\n])+(\d+)(?:\s|#[^\r\n]*[\r\n])+(\d+)(?:\s|#[^\r\n]*[\r\n])+(\d+)\s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GreyImage:
    """Row 0 is at the top; 0 to 1. `shade` is the mean of the colours, `opacity` the alpha channel if any."""

    shade: NDArray[np.float32]
    opacity: NDArray[np.float32] | None = None


def read_image(path: Path) -> GreyImage:
    """The picture. Raises SiteError that says why it cannot be a map."""
    data = Source(path).data
    if data.startswith(PNG_SIGNATURE):
        return _png(data, str(path))
    head = _PGM_HEAD.match(data[:HEAD_BYTES])
    if head is None:
        raise SiteError("is no PGM and no PNG", file=str(path), hint="save the map as PGM (P2, P5) or PNG")
    width, height, most = (int(head[group]) for group in (2, 3, 4))
    _refuse_size(width, height, str(path))
    if not 0 < most < 65536:
        raise SiteError(f"has {most} shades of grey", file=str(path), hint="save it with 255 or 65535")
    body = data[head.end() :]
    pixels = _plain(body, str(path)) if head[1] == b"2" else _raw(body, width * height, most)
    if len(pixels) < width * height:
        message = f"is cut short: {len(pixels)} of {width} x {height} pixels are there"
        raise SiteError(message, file=str(path), hint="copy or save it again")
    cells = pixels[: width * height].reshape(height, width)
    if int(cells.max()) > most:
        raise SiteError(
            f"has a pixel of {int(cells.max())}, above its own {most}", file=str(path), hint="save it again"
        )
    return GreyImage(shade=cells.astype(np.float32) / np.float32(most))


def image_size(path: Path) -> tuple[int, int] | None:
    """Width and height from the header of a PGM or PNG; None when it is neither."""
    try:
        with path.open("rb") as file:
            data = file.read(HEAD_BYTES)
    except OSError:
        return None
    if data.startswith(PNG_SIGNATURE) and len(data) >= 24:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    head = _PGM_HEAD.match(data)
    return (int(head[2]), int(head[3])) if head else None


def _refuse_size(width: int, height: int, file: str) -> None:
    if width < 1 or height < 1:
        raise SiteError(f"is {width} x {height} pixels", file=file, hint="give a map with cells")
    if width * height > PIXELS_MAX:
        size = f"{width} x {height} pixels ({width * height / 1e6:.0f} million)"
        hint = f"save it in parts or coarser, with at most {PIXELS_MAX // 10**6} million"
        raise SiteError(f"is {size}, too large for a map", file=file, hint=hint)


def _raw(body: bytes, count: int, most: int) -> NDArray[np.uint16]:
    """P5: one byte a pixel, or two with the high byte first."""
    kind = np.dtype(">u2") if most > 255 else np.dtype("u1")
    whole = body[: min(len(body) // kind.itemsize, count) * kind.itemsize]
    return np.frombuffer(whole, kind).astype(np.uint16)


def _plain(body: bytes, file: str) -> NDArray[np.uint16]:
    """P2: numbers in ASCII."""
    words = re.sub(rb"#[^\r\n]*", b"", body).split()
    if not all(word.isdigit() and len(word) <= 5 for word in words):
        raise SiteError("has a pixel that is no number", file=file, hint="save it again")
    values = np.array(words, dtype="S5").astype(np.int64)
    return np.minimum(values, 65535).astype(np.uint16)


def _png(data: bytes, file: str) -> GreyImage:
    if len(data) < 33 or data[12:16] != b"IHDR":
        raise SiteError("is cut short", file=file, hint="copy or save it again")
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    _refuse_size(width, height, file)
    if not _png_is_whole(data):
        raise SiteError("is cut short or damaged", file=file, hint="copy or save it again")
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None:
        raise SiteError("cannot be decoded", file=file, hint="save it again as 8 or 16 bit PNG")
    most = np.float32(65535 if decoded.dtype == np.uint16 else 255)
    pixels = decoded.astype(np.float32) / most
    if pixels.ndim == 2:
        return GreyImage(shade=pixels)
    shade = pixels[:, :, :3].mean(axis=2, dtype=np.float32)
    return GreyImage(shade=shade, opacity=pixels[:, :, 3] if pixels.shape[2] == 4 else None)


def _png_is_whole(data: bytes) -> bool:
    """Whether every chunk has its checksum, up to the end chunk."""
    at = len(PNG_SIGNATURE)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 12 + length
        if end > len(data):
            return False
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            return False
        if data[at + 4 : at + 8] == b"IEND":
            return True
        at = end
    return False
