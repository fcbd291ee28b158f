"""A site as the command line of `fleet sim` names it."""

from typing import TYPE_CHECKING

from fleet.cli.sites import site_path
from fleet.errors import UserError

if TYPE_CHECKING:
    from maps.elements import Site


def load_site(site: str) -> "Site":
    """One of our own sites by name, or a file. Raises UserError: not there, or not readable."""
    from maps.errors import SiteError
    from maps.load import load

    path = site_path(site)
    try:
        return load(path)
    except SiteError as error:
        raise UserError("BAD_SITE", str(error), field="site") from error
