"""The formats that `load` reads, in the order in which a file is held against them.

Importers are imported when used: most commands need one, and numpy, OpenCV and scikit-image are slow to load.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from maps.cursor import Cursor
from maps.elements import Site
from maps.errors import SiteError
from maps.importers.options import ImportOptions
from maps.source import JSON_ENDINGS, YAML_ENDINGS, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    name: str
    """As --format has it."""
    what: str
    """What people call it."""
    is_it: Callable[[Source], bool]
    module: str
    """Has read_source(source) -> Site."""
    takes_options: bool = False
    """Has read_source(source, options) -> Site."""

    def read(self, source: Source, options: ImportOptions | None = None) -> Site:
        """The site in the file. Raises SiteError that says where and what is wrong with it."""
        read_source = import_module(self.module).read_source
        return cast(Site, read_source(source, options) if self.takes_options else read_source(source))


def named(name: str, source: Source) -> Format:
    """The format of this name. Raises SiteError that lists the names."""
    if name not in FORMATS:
        hint = f"use one of {', '.join(FORMATS)}"
        raise SiteError(f"format '{name}' is not known", file=str(source.path), hint=hint)
    return FORMATS[name]


def recognised(source: Source) -> Format:
    """The format that the file looks like. Raises SiteError that lists what is known."""
    for entry in FORMATS.values():
        if entry.is_it(source):
            return entry
    raise SiteError(
        f"is none of the formats that are known: {'; '.join(entry.what for entry in FORMATS.values())}",
        file=str(source.path),
        hint="name the format with --format, or start a site file with 'site: an_id'",
    )


def _keys(source: Source) -> dict[str, Cursor]:
    """The keys at the top of a YAML file; {} for a list, and for other files."""
    if source.ending not in YAML_ENDINGS or not source.yaml.is_mapping():
        return {}
    return source.yaml.entries()


def _is_site(source: Source) -> bool:
    return "site" in _keys(source)


def _is_occupancy(source: Source) -> bool:
    return {"image", "resolution"} <= _keys(source).keys() or source.ending in (".pgm", ".png")


def _is_nav_graph(source: Source) -> bool:
    return "levels" in _keys(source) and "building_name" in _keys(source)


def _is_building(source: Source) -> bool:
    return "levels" in _keys(source) and "nodes" not in _keys(source)


def _is_strands(source: Source) -> bool:
    if source.ending not in YAML_ENDINGS or not source.yaml.is_list():
        return False
    first = next(iter(source.yaml.items()), None)
    return first is not None and first.is_mapping() and "node" in first.entries()


def _is_lif(source: Source) -> bool:
    if source.ending not in JSON_ENDINGS or not isinstance(source.json, dict):
        return False
    return source.ending == ".lif" or not {"layouts", "metaInformation"}.isdisjoint(source.json)


def _is_geojson(source: Source) -> bool:
    if source.ending not in JSON_ENDINGS or not isinstance(source.json, dict):
        return False
    return source.ending == ".geojson" or source.json.get("type") == "FeatureCollection"


def _is_movingai(source: Source) -> bool:
    return source.ending == ".map"


def _is_package(source: Source) -> bool:
    return source.ending == ".zip"


_ALL = (
    Format(name="site", what="a site file", is_it=_is_site, module="maps.site_file"),
    Format(name="package", what="a site package (.zip)", is_it=_is_package, module="maps.package"),
    Format(
        name="rmf_nav",
        what="an Open-RMF navigation graph",
        is_it=_is_nav_graph,
        module="maps.importers.rmf_nav",
    ),
    Format(name="rmf", what="an Open-RMF building.yaml", is_it=_is_building, module="maps.importers.rmf"),
    Format(
        name="occupancy",
        what="a ROS occupancy grid (map_server YAML with its image)",
        is_it=_is_occupancy,
        module="maps.importers.occupancy",
        takes_options=True,
    ),
    Format(
        name="strands",
        what="a STRANDS topological map",
        is_it=_is_strands,
        module="maps.importers.strands",
    ),
    Format(name="lif", what="a VDMA LIF layout", is_it=_is_lif, module="maps.importers.lif"),
    Format(name="geojson", what="GeoJSON", is_it=_is_geojson, module="maps.importers.geojson"),
    Format(
        name="movingai",
        what="a MovingAI grid (.map)",
        is_it=_is_movingai,
        module="maps.importers.movingai",
        takes_options=True,
    ),
)
FORMATS = {entry.name: entry for entry in _ALL}
