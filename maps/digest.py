"""content_hash: whether two sites say the same."""

import hashlib

import msgspec

from maps.elements import Site


def content_hash(site: Site) -> str:
    """A digest of all that the site says: equal for equal sites, on every machine."""
    return hashlib.sha256(msgspec.json.encode(site, order="deterministic")).hexdigest()
