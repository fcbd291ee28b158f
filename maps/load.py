"""load: the one entry for reading a site, whatever the format of its file."""

from pathlib import Path

from maps.checks.structure import dangling
from maps.cursor import Cursor, open_yaml
from maps.elements import Site
from maps.errors import SiteError
from maps.importers import rmf
from maps.site_file import read

FORMATS = ("site", "rmf")


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
    site = rmf.read(root, Path(path).parent) if kind == "rmf" else read(root)
    _refuse_dangling(site, str(path))
    return site


def _refuse_dangling(site: Site, file: str) -> None:
    broken = list(dangling(site))
    if broken:
        more = f" (and {len(broken) - 1} more like it)" if len(broken) > 1 else ""
        raise SiteError(f"{broken[0].message.rstrip('.')}{more}", file=file, hint=broken[0].fix.rstrip("."))


def _recognised(root: Cursor) -> str:
    keys = root.entries()
    if "site" in keys:
        return "site"
    if "levels" in keys and "nodes" not in keys:
        return "rmf"
    raise SiteError(
        "is neither a site file (no 'site') nor an Open-RMF building (no 'levels')",
        file=root.file,
        hint="name its format, or start the file with 'site: an_id'",
    )
