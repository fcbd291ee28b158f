"""An occupancy grid as ROS map_server reads it: a YAML file with an image, and what each cell is.

Values are those of nav_msgs/OccupancyGrid: -1 unknown, 0 free to 100 occupied. Semantics: nav2_map_server
(github.com/ros-navigation/navigation2, map_io) with its modes trinary, scale and raw.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from maps.cursor import Cursor
from maps.elements import Point
from maps.errors import SiteError
from maps.geometry import RESOLUTION_DIGITS, rotated
from maps.importers.occupancy_image import GreyImage, read_image
from maps.source import Source

UNKNOWN, FREE, OCCUPIED = -1, 0, 100

RESOLUTION_M_MIN, RESOLUTION_M_MAX = 0.001, 10.0
"""A cell smaller or larger than this is no map of where a robot drives."""

PHOTO_PIXELS_MIN = 10_000
"""Too few pixels to judge a picture by its shades below this."""

PHOTO_SHADES, PHOTO_SHARE_MAX = 10, 0.25
"""In a map few shades (free, occupied, unknown) are most of the picture; in a photograph none is."""


class Mode(StrEnum):
    TRINARY = "trinary"
    SCALE = "scale"
    RAW = "raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridFile:
    """What the YAML file says."""

    image: Path
    image_as_written: str
    resolution_m: float
    origin: Point
    """The lower left corner of the lower left cell."""
    yaw_rad: float
    """Of the whole map about that corner."""
    mode: Mode
    negate: bool
    occupied_fraction: float
    free_fraction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Cells in a frame. Row 0 is at the top; int8 values of nav_msgs/OccupancyGrid."""

    file: GridFile
    values: NDArray[np.int8]

    @property
    def occupied(self) -> NDArray[np.bool_]:
        """Cells that are surely occupied: by the threshold itself in mode raw and scale too."""
        found: NDArray[np.bool_] = self.values >= self._limit(self.file.occupied_fraction, OCCUPIED)
        return found

    @property
    def free(self) -> NDArray[np.bool_]:
        """Cells that are surely free. Nobody drives on the others: unknown, or between the thresholds."""
        most = self._limit(self.file.free_fraction, FREE)
        found: NDArray[np.bool_] = (self.values >= FREE) & (self.values <= most)
        return found

    def _limit(self, fraction: float, usual: int) -> float | int:
        # Whole numbers are compared without making every cell a float.
        return fraction * 100.0 if self.file.mode is Mode.RAW else usual

    def to_site(self, point: Point) -> Point:
        """From metres right and up from the lower left corner to the frame of the map."""
        x_m, y_m = rotated(point, self.file.yaw_rad)
        return (
            round(x_m + self.file.origin[0], RESOLUTION_DIGITS),
            round(y_m + self.file.origin[1], RESOLUTION_DIGITS),
        )

    def sampled(self, other: "Grid") -> NDArray[np.int8]:
        """The values of another grid at the centres of this one's cells; unknown outside it."""
        height, width = self.values.shape
        rows, columns = np.indices((height, width))
        x_m = (columns + 0.5) * self.file.resolution_m
        y_m = (height - rows - 0.5) * self.file.resolution_m
        turn = self.file.yaw_rad - other.file.yaw_rad
        shift = rotated(
            (self.file.origin[0] - other.file.origin[0], self.file.origin[1] - other.file.origin[1]),
            -other.file.yaw_rad,
        )
        cos, sin = math.cos(turn), math.sin(turn)
        right = np.floor((cos * x_m - sin * y_m + shift[0]) / other.file.resolution_m + 1e-6).astype(int)
        up = np.floor((sin * x_m + cos * y_m + shift[1]) / other.file.resolution_m + 1e-6).astype(int)
        down = other.values.shape[0] - 1 - up
        inside = (right >= 0) & (right < other.values.shape[1]) & (down >= 0) & (down < other.values.shape[0])
        found = np.full((height, width), UNKNOWN, np.int8)
        found[inside] = other.values[down[inside], right[inside]]
        return found


def read_grid(source: Source) -> Grid:
    """The grid of this YAML file. Raises SiteError for bad values and for an image that is not there."""
    file = read_grid_file(source.yaml, source.folder)
    if not file.image.is_file():
        image = source.yaml.entries()["image"]
        raise image.error(
            f"there is no file '{file.image_as_written}'", "put the image there or correct the name"
        )
    picture = read_image(file.image)
    if file.mode is not Mode.RAW:
        _refuse_photo(picture, file)
    return Grid(file=file, values=cell_values(picture, file))


def read_grid_file(root: Cursor, folder: Path) -> GridFile:
    """The settings under this cursor; keys that map_server does not know are left alone."""
    fields = root.entries()
    for key in ("image", "resolution", "origin"):
        if key not in fields:
            raise root.error(f"'{key}' is missing", "give the YAML file of a map_server map")
    resolution = fields["resolution"]
    if not RESOLUTION_M_MIN <= resolution.positive() <= RESOLUTION_M_MAX:
        size = "small" if resolution.number() < RESOLUTION_M_MIN else "large"
        raise resolution.error(
            f"a cell of {resolution.number():g} m is too {size}",
            f"give metres, {RESOLUTION_M_MIN:g} to {RESOLUTION_M_MAX:g}",
        )
    x_m, y_m, yaw_rad = fields["origin"].numbers(3)
    occupied, free = _thresholds(fields)
    written = fields["image"].text()
    return GridFile(
        image=folder / written,
        image_as_written=written,
        resolution_m=resolution.number(),
        origin=(x_m, y_m),
        yaw_rad=yaw_rad,
        mode=fields["mode"].choice(Mode) if "mode" in fields else Mode.TRINARY,
        negate=_flag(fields["negate"]) if "negate" in fields else False,
        occupied_fraction=occupied,
        free_fraction=free,
    )


def _refuse_photo(picture: GreyImage, file: GridFile) -> None:
    """Thresholds make a map of anything; lanes across a photograph look like a road map and are none."""
    if picture.shade.size < PHOTO_PIXELS_MIN:
        return
    counts = np.bincount((picture.shade * 255.0).astype(np.uint8).ravel(), minlength=256)
    share = int(np.sort(counts)[-PHOTO_SHADES:].sum()) / picture.shade.size
    if share < PHOTO_SHARE_MAX:
        raise SiteError(
            f"looks like a photograph: its {PHOTO_SHADES} commonest shades cover {share:.0%} of it",
            file=str(file.image),
            hint="give the image that the map was saved as",
        )


def _thresholds(fields: dict[str, Cursor]) -> tuple[float, float]:
    """occupied_thresh and free_thresh; map_server's own when they are not written."""
    occupied = fields["occupied_thresh"].number() if "occupied_thresh" in fields else 0.65
    free = fields["free_thresh"].number() if "free_thresh" in fields else 0.196
    for key, value in (("occupied_thresh", occupied), ("free_thresh", free)):
        if not 0.0 <= value <= 1.0:
            raise fields[key].error(f"{value:g} is not between 0 and 1", "write a fraction such as 0.65")
    if free >= occupied:
        key = "free_thresh" if "free_thresh" in fields else "occupied_thresh"
        raise fields[key].error(
            f"free_thresh {free:g} is not below occupied_thresh {occupied:g}", "swap or correct them"
        )
    return occupied, free


def _flag(entry: Cursor) -> bool:
    """map_server writes 0 or 1, and reads true and false too."""
    return bool(entry.integer()) if entry.text() in ("0", "1") else entry.boolean()


def cell_values(image: GreyImage, file: GridFile) -> NDArray[np.int8]:
    """What map_server would publish for this picture."""
    if file.mode is Mode.RAW:
        percent = np.rint(image.shade * 255.0)
        return np.where(percent <= OCCUPIED, percent, UNKNOWN).astype(np.int8)
    shade = image.shade
    if image.opacity is not None and file.mode is Mode.TRINARY:
        shade = (3.0 * shade + image.opacity) / 4.0
    occupancy = shade if file.negate else 1.0 - shade
    values = np.full(occupancy.shape, UNKNOWN, np.int8)
    if file.mode is Mode.SCALE:
        span = file.occupied_fraction - file.free_fraction
        share = (occupancy - file.free_fraction) / span
        values = np.rint(np.clip(share, 0.0, 1.0) * OCCUPIED).astype(np.int8)
    values[occupancy > file.occupied_fraction] = OCCUPIED
    values[occupancy < file.free_fraction] = FREE
    if image.opacity is not None and file.mode is Mode.SCALE:
        values[image.opacity < 1.0] = UNKNOWN
    return values


def grid_source(source: Source) -> Source:
    """The YAML file of the map: for an image the one beside it that names it.

    Raises SiteError when there is none, or more than one.
    """
    if source.ending not in (".pgm", ".png"):
        return source
    beside = [Source(path) for path in sorted(source.folder.glob("*.y*ml"))]
    found = [entry for entry in beside if _names(entry, source.path)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise SiteError(
            "is an image without the YAML file that gives its scale",
            file=str(source.path),
            hint="put a map_server YAML with 'image' and 'resolution' beside it",
        )
    names = ", ".join(entry.path.name for entry in found)
    raise SiteError(f"is the image of several maps: {names}", file=str(source.path), hint="give one of them")


def _names(entry: Source, image: Path) -> bool:
    try:
        fields = entry.yaml.entries() if entry.yaml.is_mapping() else {}
        written = fields["image"].text() if {"image", "resolution"} <= fields.keys() else ""
    except SiteError:
        # A YAML file that cannot be read is not the one that names this image.
        return False
    return bool(written) and (entry.folder / written).resolve() == image.resolve()
