"""The site package: one archive with a site, its floor plans, and what a fleet needs besides.

A zip with manifest.yaml (what is inside, with checksums), site.yaml, floor plans, templates/*.yaml and
settings.yaml. Templates and settings are bytes here: what they mean is known above maps. The same content
gives the same bytes. An archive is read whole or refused: nothing in it is believed before it is checked.
"""

import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from maps.cursor import Cursor, parse_yaml
from maps.digest import content_hash
from maps.elements import Level, Site
from maps.errors import SiteError
from maps.site_file import dumps, loads
from maps.source import Source

FORMAT_VERSION = 1
MANIFEST, SITE, SETTINGS, TEMPLATES, PLANS = (
    "manifest.yaml",
    "site.yaml",
    "settings.yaml",
    "templates/",
    "plans/",
)
IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".pgm", ".bmp", ".tif", ".tiff", ".svg", ".webp")
FILES_MAX = 1_000
BYTES_MAX = 512 * 2**20
"""Of all files, unpacked."""
STAMP = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can tell: equal content, equal bytes."""
PERMISSIONS = (stat.S_IFREG | 0o644) << 16
CHUNK = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    site: Site
    """Its floor plans' paths are those in the package."""
    files: Mapping[str, bytes]
    """All but manifest and site, by path: 'settings.yaml', 'templates/deliver.yaml', 'plans/a.png'."""
    missing: tuple[str, ...] = ()
    """Floor plans that the site names and nobody has."""

    @property
    def templates(self) -> dict[str, bytes]:
        """File name to content."""
        return {
            path.removeprefix(TEMPLATES): data
            for path, data in sorted(self.files.items())
            if path.startswith(TEMPLATES)
        }

    @property
    def settings(self) -> bytes | None:
        return self.files.get(SETTINGS)


def is_package(path: Path) -> bool:
    """Whether a file of this name is read as a package."""
    return path.suffix.lower() == ".zip"


def package(
    site: Site,
    folder: Path,
    *,
    templates: Mapping[str, bytes] | None = None,
    settings: bytes | None = None,
) -> Package:
    """The site with its floor plans, which lie beside its file in `folder`, and with these templates.

    templates: file name ('deliver.yaml') to content. A floor plan that is not there is listed as missing.
    Raises SiteError for a template's name that is none, or a plan that is no picture.
    """
    files: dict[str, bytes] = {} if settings is None else {SETTINGS: settings}
    for name, data in (templates or {}).items():
        if PurePosixPath(name).name != name or not name.endswith(".yaml"):
            raise SiteError(f"'{name}' is no name of a template", hint="name it like 'deliver.yaml'")
        files[TEMPLATES + name] = data
    levels, missing = [], list[str]()
    for level in site.levels:
        plan = level.floor_plan
        if plan is None:
            levels.append(level)
            continue
        picture = _picture(folder / plan.path, level)
        if picture is None:
            missing.append(plan.path)
            levels.append(level)
            continue
        path = _plan_path(plan.path, picture, files)
        files[path] = picture
        levels.append(replace(level, floor_plan=replace(plan, path=path)))
    return Package(site=replace(site, levels=tuple(levels)), files=files, missing=tuple(missing))


def repackaged(
    content: Package, *, templates: Mapping[str, bytes] | None = None, settings: bytes | None = None
) -> Package:
    """The package with other templates or settings; None keeps what it has."""
    plans = {
        path: data
        for path, data in content.files.items()
        if path != SETTINGS and not path.startswith(TEMPLATES)
    }
    kept = templates if templates is not None else content.templates
    chosen = settings if settings is not None else content.settings
    files = {**plans, **{TEMPLATES + name: data for name, data in kept.items()}}
    return replace(content, files=files if chosen is None else {**files, SETTINGS: chosen})


def pack(content: Package) -> bytes:
    """The archive. The same content gives the same bytes."""
    files = {SITE: dumps(content.site).encode(), **content.files}
    manifest = _manifest(content, files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, data in ((MANIFEST, manifest), *sorted(files.items())):
            entry = zipfile.ZipInfo(path, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, PERMISSIONS
            archive.writestr(entry, data)
    return out.getvalue()


def read_source(source: Source) -> Site:
    """As maps.formats calls it: the site of the package."""
    return read_package(source).site


def beside(path: Path) -> Path | Mapping[str, bytes]:
    """Where the files are that the site at this path names: a folder, or by their paths in a package.

    Raises SiteError as read_package does.
    """
    if path.is_dir():
        return path
    return read_package(Source(path)).files if is_package(path) else path.parent


def read_package(source: Source) -> Package:
    """The package in the file. Raises SiteError in one sentence for one that is damaged or dangerous."""
    name = str(source.path)
    files = _files(source.data, name)
    for needed in (MANIFEST, SITE):
        if needed not in files:
            raise _broken(name, f"holds no {needed}", "make it with `fleet map pack`")
    listed = _listed(_text(files.pop(MANIFEST), MANIFEST, name), f"{name}, {MANIFEST}")
    _check_files(files, listed, name)
    site = loads(_text(files.pop(SITE), SITE, name), f"{name}, {SITE}")
    if site.site_id != listed.site_id:
        raise _broken(
            name, f"is said to hold site '{listed.site_id}', but holds '{site.site_id}'", "pack it again"
        )
    return Package(site=site, files=files, missing=listed.missing)


def unpack(content: Package, folder: Path) -> list[str]:
    """Write the package's files into the folder; returns their paths. It makes the folder.

    Raises SiteError when a file cannot be written.
    """
    files = {SITE: dumps(content.site).encode(), **content.files}
    try:
        for path, data in sorted(files.items()):
            target = folder.joinpath(*PurePosixPath(path).parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    except OSError as error:
        raise SiteError(f"cannot be written ({error.strerror})", file=str(folder), hint="give -o") from None
    return sorted(files)


# -- writing ---------------------------------------------------------------------------------------------


def _manifest(content: Package, files: Mapping[str, bytes]) -> bytes:
    value: dict[str, Any] = {
        "package": FORMAT_VERSION,
        "site": content.site.site_id,
        "content_hash": content_hash(content.site),
        "files": {
            path: {"bytes": len(data), "sha256": _sha256(data)} for path, data in sorted(files.items())
        },
    }
    if content.missing:
        value["missing"] = list(content.missing)
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=10_000).encode()


def _picture(path: Path, level: Level) -> bytes | None:
    """The floor plan; None when it is not there."""
    if path.suffix.lower() not in IMAGE_ENDINGS:
        # else a site file could make whoever packs it give away any file
        raise SiteError(
            f"'{path.name}' is no picture",
            element=f"level '{level.level_id}', floor_plan",
            hint=f"name a file that ends in {', '.join(IMAGE_ENDINGS)}",
        )
    return Source(path).data if path.is_file() else None


def _plan_path(path: str, data: bytes, files: Mapping[str, bytes]) -> str:
    """Its own path if that lies beside the site file, else one under plans/; another if that is taken."""
    own = PurePosixPath(path)
    kept = _is_safe(path) and str(own) == path and own.parts[0] != TEMPLATES.rstrip("/")
    first = path if kept else PLANS + own.name
    taken = {name.casefold(): name for name in files}
    number, found = 1, first
    while found.casefold() in taken and files[taken[found.casefold()]] != data:
        number += 1
        found = str(PurePosixPath(first).with_stem(f"{PurePosixPath(first).stem}-{number}"))
    return taken.get(found.casefold(), found)


# -- reading ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """The manifest."""

    site_id: str
    sha256: dict[str, str]
    missing: tuple[str, ...]


def _files(data: bytes, name: str) -> dict[str, bytes]:
    """What is in the archive, if it is harmless and whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, name)
            return {entry.filename: _read(archive, entry, name) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise _broken(
            name, f"is no whole zip archive ({_first_line(error)})", "copy or pack it again"
        ) from None
    except (NotImplementedError, RuntimeError) as error:
        raise _broken(
            name, f"is packed in a way that is not read ({_first_line(error)})", "use `fleet map pack`"
        ) from None


def _check_entries(entries: list[zipfile.ZipInfo], name: str) -> None:
    if len(entries) > FILES_MAX:
        raise _broken(name, f"holds {len(entries)} files", f"a package has at most {FILES_MAX}")
    if sum(entry.file_size for entry in entries) > BYTES_MAX:
        raise _broken(
            name, f"unpacks to more than {BYTES_MAX // 2**20} MB", "no package needs that: do not trust it"
        )
    seen: set[str] = set()
    for entry in entries:
        path, kind = entry.filename, entry.external_attr >> 16
        if entry.is_dir() or not _is_safe(path) or (kind and not stat.S_ISREG(kind) and stat.S_IFMT(kind)):
            raise _broken(name, f"holds '{path}', which is no plain file in it", "do not trust this archive")
        if path.casefold() in seen:
            raise _broken(name, f"holds '{path}' twice", "pack it again")
        seen.add(path.casefold())


def _is_safe(path: str) -> bool:
    """Whether the path stays in the folder, on every system."""
    parts = path.split("/")
    return not any(
        part in ("", ".", "..") or part != part.strip() or part.endswith(".") or _is_odd(part)
        for part in parts
    )


def _is_odd(part: str) -> bool:
    return any(sign in '\\:*?"<>|' or ord(sign) < 32 for sign in part)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """The content, no more than it is said to be. A wrong checksum of the zip itself raises BadZipFile."""
    chunks, left = [], entry.file_size
    with archive.open(entry) as file:
        while chunk := file.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _broken(
                    name, f"holds '{entry.filename}', larger than it says", "do not trust this archive"
                )
            chunks.append(chunk)
    return b"".join(chunks)


def _listed(text: str, file: str) -> _Listed:
    top = parse_yaml(text, file).fields(("package", "site", "content_hash", "files"), ("missing",))
    version = top["package"].integer()
    if version != FORMAT_VERSION:
        raise top["package"].error(
            f"version {version} of the package is not known",
            f"this CityFleet reads version {FORMAT_VERSION}: use the one that packed it, or a newer one",
        )
    return _Listed(
        site_id=top["site"].text(),
        sha256={path: _checksum(entry) for path, entry in top["files"].entries("file").items()},
        missing=tuple(item.text() for item in top["missing"].items()) if "missing" in top else (),
    )


def _checksum(entry: Cursor) -> str:
    return entry.fields(("bytes", "sha256"))["sha256"].text().lower()


def _check_files(files: Mapping[str, bytes], listed: _Listed, name: str) -> None:
    for path in sorted(files.keys() ^ listed.sha256.keys()):
        where = "is in it but not in its manifest" if path in files else "is in its manifest but not in it"
        raise _broken(name, f"'{path}' {where}", "pack it again with `fleet map pack`")
    for path, data in sorted(files.items()):
        if _sha256(data) != listed.sha256[path]:
            raise _broken(name, f"'{path}' is not what was packed (its checksum differs)", "pack it again")


def _text(data: bytes, path: str, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise _broken(name, f"'{path}' is no UTF-8 text", "pack it again") from None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _broken(name: str, message: str, hint: str) -> SiteError:
    return SiteError(message, file=name, hint=hint)


def changed_files(old: Package, new: Package) -> Iterator[tuple[str, bytes | None, bytes | None]]:
    """Files besides the site that differ: path, old and new content (None: not there)."""
    for path in sorted({*old.files, *new.files}):
        before, after = old.files.get(path), new.files.get(path)
        if before != after:
            yield path, before, after
