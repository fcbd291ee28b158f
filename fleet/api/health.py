"""The health body, for the route and the stream."""

from fleet.api import schemas
from fleet.api.services import Services
from missions.lifecycle import ENDED


def health(services: Services) -> schemas.Health:
    picture, status = services.views.snapshot(), services.status()
    return schemas.Health(
        site=services.graph.site.site_id,
        version=services.version,
        now_s=services.clock(),
        started_s=status.started_s,
        robots_online=sum(robot.online for robot in picture.robots.values()),
        missions_open=sum(record.state not in ENDED for record in picture.missions.values()),
        journal_seq=status.journal_seq,
        fire=status.fire,
        stopped=status.stopped,
    )
