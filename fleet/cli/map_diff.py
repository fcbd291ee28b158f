"""`fleet map diff`: what one version of a site says otherwise than another; and the versions of a server."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fleet.cli.client import Api
from fleet.cli.maps import Format, app, load, map_errors
from fleet.cli.output import AsJson, clock, show_json, table
from fleet.cli.sites import site_path

if TYPE_CHECKING:
    from maps.elements import Site
    from maps.package import Package

CONTEXT_LINES = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One side of the comparison."""

    name: str
    site: "Site"
    package: "Package | None" = None


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A site, a package, or a hash with --server.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="A site, a package, or a hash with --server.")],
    server: Annotated[
        str | None, typer.Option(metavar="URL", help="OLD and NEW may be versions that it has run with.")
    ] = None,
    file_format: Format = None,
    json: AsJson = False,
) -> None:
    """Compare two versions of a site: what was added, removed, moved, changed."""
    from maps.diff import diff as compare
    from maps.diff_text import lines, plain, summary

    before, after = (version_of(text, server, file_format) for text in (old, new))
    changes = compare(before.site, after.site)
    files = list(file_changes(before, after))
    if json:
        show_json({"old": before.name, "new": after.name, **plain(changes), "files": files})
        return
    for line in lines(changes):
        typer.echo(line)
    for changed in files:
        typer.echo("\n".join((f"{SIGNS[changed['what']]} file {changed['path']}", *changed["lines"])))
    count = "1 file differs" if len(files) == 1 else f"{len(files)} files differ"
    tail = f"; {count}" if files else ""
    typer.echo(f"{before.name} -> {after.name}: {summary(changes)}{tail}")


SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def version_of(text: str, server: str | None, file_format: str | None) -> Version:
    """A file or a bundled site; with a server also a hash or its first letters."""
    from maps.package import is_package, read_package
    from maps.source import Source

    if server is not None and is_hash(text):
        from maps.site_file import loads

        found = Api(server).get(f"/site/versions/{text}")
        with map_errors():
            return Version(name=found["hash"][:12], site=loads(found["yaml"], f"version {text}"))
    path = site_path(text)
    if is_package(path) and file_format in (None, "package"):
        with map_errors():
            content = read_package(Source(path))
        return Version(name=text, site=content.site, package=content)
    return Version(name=text, site=load(text, file_format))


def is_hash(text: str) -> bool:
    return len(text) >= HASH_SHORT and all(letter in "0123456789abcdef" for letter in text)


HASH_SHORT = 6


def file_changes(before: Version, after: Version) -> Iterator[dict[str, Any]]:
    """What else differs when both are packages; a bare site has no files to compare."""
    if before.package is None or after.package is None:
        return
    from maps.package import changed_files

    for path, old, new in changed_files(before.package, after.package):
        what = "added" if old is None else "removed" if new is None else "changed"
        yield {"path": path, "what": what, "lines": text_changes(old, new) if what == "changed" else []}


def text_changes(old: bytes | None, new: bytes | None) -> list[str]:
    """Lines that differ, with their neighbours; nothing for what is no text."""
    try:
        before, after = ((data or b"").decode().splitlines() for data in (old, new))
    except UnicodeDecodeError:
        return []
    return list(difflib.unified_diff(before, after, lineterm="", n=CONTEXT_LINES))[2:]


@app.command()
def versions(
    server: Annotated[
        str, typer.Option("--server", envvar="FLEET_SERVER", metavar="URL", help="The orchestrator.")
    ] = "http://127.0.0.1:8080",
    json: AsJson = False,
) -> None:
    """The versions of its site that an orchestrator has run with, the newest first."""
    found = Api(server).get("/site/versions")
    if json:
        show_json(found)
        return
    rows = (
        (
            version["hash"][:12],
            version["site"],
            clock(version["first_used_s"]),
            clock(version["last_used_s"]),
            "now" if version["current"] else "",
        )
        for version in found
    )
    table(("version", "site", "first used", "last used", ""), rows, empty="No versions are kept.")
