"""The image functions that road maps need, with types. scikit-image and OpenCV have none."""

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import morphology, segmentation

Mask = NDArray[np.bool_]
Labels = NDArray[np.int32]
Boxes = NDArray[np.int32]
Field = NDArray[np.float32]


def distance(mask: Mask) -> Field:
    """For each cell of the mask the distance to the nearest that is not in it, between centres, in cells."""
    return cast(Field, cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE))


def components(mask: Mask, corners: bool = True) -> tuple[Labels, Boxes]:
    """The parts of the mask as labels 1, 2, ..., and left, top, width, height, cells of each label.

    `corners`: cells that touch at a corner hang together.
    """
    if not mask.size:
        # OpenCV crashes on an empty image.
        return np.zeros(mask.shape, np.int32), np.zeros((1, 5), np.int32)
    connectivity = 8 if corners else 4
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=connectivity)
    return cast(Labels, labels), cast(Boxes, boxes)


def flooded(heights: NDArray[Any], markers: Labels, mask: Mask, corners: bool) -> Labels:
    """Watershed: each cell of the mask gets the label of the marker from which it is reached first."""
    flood: Any = segmentation.watershed
    found = flood(heights, markers, mask=mask, connectivity=2 if corners else 1)
    return cast(Labels, found.astype(np.int32, copy=False))


def medial_axis(mask: Mask) -> Mask:
    """The cells that have two nearest places outside the mask, or more: its middle lines."""
    thin: Any = morphology.medial_axis
    # The order in which equal cells are taken is random, unless it has a seed.
    return cast(Mask, thin(mask, rng=0))


def window(mask: Mask, border: int = 0) -> tuple[slice, slice]:
    """The smallest rows and columns that have all cells of the mask, and `border` more on each side."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return (
        slice(int(rows[0]) - border, int(rows[-1]) + 1 + border),
        slice(int(columns[0]) - border, int(columns[-1]) + 1 + border),
    )
