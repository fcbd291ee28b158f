"""load: the one entry for reading a site, whatever the format of its file."""

from dataclasses import replace
from pathlib import Path

from maps.checks.structure import dangling
from maps.elements import Site
from maps.errors import SiteError
from maps.extent import refuse_far
from maps.formats import FORMATS, Format, named, recognised
from maps.importers.options import ImportOptions
from maps.source import Source

__all__ = ["FORMATS", "load"]

IMAGE_ENDINGS = (".pgm", ".png")
MASKS = ("keepout_mask", "speed_mask")
"""Files of these names in a folder are rules for its map, not maps."""


def load(
    path: Path | str,
    format: str | None = None,  # noqa: A002 - as the command line calls it
    options: ImportOptions | None = None,
) -> Site:
    """The site in the file, or in the folder that holds one.

    `format` is a key of FORMATS; None recognises it. `options` is for grids: the robot for which lanes are
    made, masks, the size of a cell. A folder's keepout_mask.yaml and speed_mask.yaml are used with its map.

    Raises SiteError in one sentence (file, line, element, fix) for a file that cannot be read. A site is
    never half read: whatever it refers to is there.
    """
    source, given = Source(Path(path)), options or ImportOptions()
    if source.path.is_dir():
        source, options = _in_folder(source.path, format, given)
    chosen = named(format, source) if format else recognised(source)
    _refuse_idle(chosen, source, given)
    site = chosen.read(source, options)
    _refuse_dangling(site, str(source.path))
    refuse_far(site, str(source.path))
    return site


def _refuse_idle(chosen: Format, source: Source, given: ImportOptions) -> None:
    """Somebody who gives a keep-out mask, or a scale, counts on it."""
    if chosen.name != "movingai" and given.cell_m is not None:
        raise SiteError(
            f"is {chosen.what}, and the side of a cell is for MovingAI grids",
            file=str(source.path),
            hint="leave --cell-m out",
        )
    if chosen.name != "occupancy" and (given.keepout_mask or given.speed_mask):
        raise SiteError(
            f"is {chosen.what}, and masks are for occupancy grids",
            file=str(source.path),
            hint="leave the masks out, and write zones in the site file",
        )


def _refuse_dangling(site: Site, file: str) -> None:
    broken = list(dangling(site))
    if broken:
        more = f" (and {len(broken) - 1} more like it)" if len(broken) > 1 else ""
        raise SiteError(f"{broken[0].message.rstrip('.')}{more}", file=file, hint=broken[0].fix.rstrip("."))


def _in_folder(folder: Path, format_name: str | None, options: ImportOptions) -> tuple[Source, ImportOptions]:
    """The one file of the folder that is a map. Raises SiteError that names the candidates."""
    sources = [Source(path) for path in sorted(folder.iterdir()) if path.is_file()]
    found = [source for source in sources if _fits(source, format_name)]
    # A grid is its YAML file and an image: the image is the map only when it is alone.
    found = [source for source in found if source.ending not in IMAGE_ENDINGS] or found
    maps = [source for source in found if source.path.stem not in MASKS]
    if len(maps) == 1:
        keepout, speed = (_named(found, stem) for stem in MASKS)
        return maps[0], replace(
            options,
            keepout_mask=options.keepout_mask or keepout,
            speed_mask=options.speed_mask or speed,
        )
    if not found:
        raise SiteError("holds no map", file=str(folder), hint="give a folder with a map file, or the file")
    names = ", ".join(source.path.name for source in found)
    raise SiteError(f"holds {len(found)} maps: {names}", file=str(folder), hint="name the file that is meant")


def _named(sources: list[Source], stem: str) -> Path | None:
    return next((source.path for source in sources if source.path.stem == stem), None)


def _fits(source: Source, format_name: str | None) -> bool:
    try:
        found = recognised(source)
    except SiteError:
        # A folder also holds pictures and settings; what is no map is not the map that is looked for.
        return False
    return format_name in (None, found.name)
