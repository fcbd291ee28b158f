"""A site on the command line may be a package: then its templates and settings are used too."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fleet.config import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSite:
    site: Path
    templates: Path | None
    """None: those that come with CityFleet."""
    settings: "Settings"


def opened(path: Path, data_dir: Path, lost_s: float | None) -> OpenedSite:
    """What to start with. A package is unpacked under data_dir/site, in a folder named by what is in it.

    lost_s, if given, is above the package's. Raises SiteError and UserError for what cannot be used.
    """
    from fleet.bootstrap import prepare
    from fleet.cli.map_pack import read_templates
    from fleet.config import Settings, settings_of
    from maps.package import SETTINGS, is_package, read_package, unpack
    from maps.source import Source

    usual = Settings() if lost_s is None else Settings(lost_s=lost_s)
    if not is_package(path):
        return OpenedSite(site=path, templates=None, settings=usual)
    source = Source(path)
    content = read_package(source)
    prepare(data_dir)
    folder = data_dir / "site" / hashlib.sha256(source.data).hexdigest()[:12]
    unpack(content, folder)
    templates = folder / "templates" if content.templates else None
    if templates is not None:
        read_templates(templates)
    if content.settings is None:
        return OpenedSite(site=folder / "site.yaml", templates=templates, settings=usual)
    said = settings_of(content.settings, f"{path}, {SETTINGS}")
    settings = said if lost_s is None else replace(said, lost_s=lost_s)
    return OpenedSite(site=folder / "site.yaml", templates=templates, settings=settings)
