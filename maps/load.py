"""load: the one entry for reading a site, whatever the format of its file."""

from pathlib import Path

from maps.cursor import Cursor, open_yaml
from maps.elements import Site
from maps.errors import SiteError
from maps.site_file import read

FORMATS = ("site",)


def load(path: Path | str, format: str | None = None) -> Site:  # noqa: A002 - as the command line calls it
    """The site in the file; `format` is one of FORMATS, None recognises it.

    Raises SiteError in one sentence (file, line, element, fix) for a file that cannot be read.
    """
    root = open_yaml(Path(path))
    kind = format or _recognised(root)
    if kind not in FORMATS:
        raise SiteError(
            f"format '{kind}' is not known", file=str(path), hint=f"use one of {', '.join(FORMATS)}"
        )
    return read(root)


def _recognised(root: Cursor) -> str:
    keys = root.entries()
    if "site" in keys:
        return "site"
    raise SiteError(
        "is not a site file (no 'site')",
        file=root.file,
        hint="name its format, or start the file with 'site: an_id'",
    )
