"""The health body, for the route and the stream."""

from fleet.api import schemas
from fleet.api.services import Services


def health(services: Services) -> schemas.Health:
    status = services.status()
    robots_online, missions_open = services.views.counts()
    return schemas.Health(
        site=services.graph.site.site_id,
        version=services.version,
        now_s=services.clock(),
        started_s=status.started_s,
        robots_online=robots_online,
        missions_open=missions_open,
        journal_seq=status.journal_seq,
        fire=status.fire,
        stopped=status.stopped,
    )
