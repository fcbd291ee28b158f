"""Which site file a word on the command line means."""

from pathlib import Path

from fleet.errors import UserError

DEFAULT_SITE = "county_hospital"
ENDINGS = (".yaml", ".geojson")
"""Of the bundled sites: site files, and the one that is drawn on a map of the world."""


def bundled_folder() -> Path:
    return Path(__file__).parents[2] / "maps" / "sites"


def bundled() -> list[str]:
    """Names of the sites that come with CityFleet."""
    return sorted(path.stem for path in bundled_folder().iterdir() if path.suffix in ENDINGS)


def site_path(text: str) -> Path:
    """A file, one of our own sites by name, or a folder with a map. Raises UserError that lists them."""
    given = Path(text)
    if given.is_file():
        return given
    if text in bundled():
        files = [bundled_folder() / f"{text}{ending}" for ending in ENDINGS]
        return next(path for path in files if path.is_file())
    if given.is_dir():
        return given
    hint = f"Give a site file, a map in another format, or one of: {', '.join(bundled())}."
    raise UserError("NO_SITE", f"There is no site file '{text}'.", field="site", hint=hint)


def short_name(path: Path) -> str:
    """'clinic' for clinic.building.yaml."""
    return path.name.partition(".")[0]
