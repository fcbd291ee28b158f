"""Records as rows of the current tables, and back."""

from collections.abc import Iterable
from typing import Any

import msgspec

from fleet.core.state import AlertRecord, MissionRecord, Record, RobotRecord
from fleet.store.codec import record_key
from fleet.store.schema import AlertRow, MissionRow, RobotRow

Row = dict[str, Any]


def latest(records: Iterable[Record]) -> tuple[Record, ...]:
    """The last value of each record, so that a batch writes each row once."""
    return tuple({record_key(record): record for record in records}.values())


def rows_by_table(records: Iterable[Record]) -> dict[type, list[Row]]:
    """Doors and lifts have no rows: their state is asked for afresh after every start. Closures neither: the
    core's state has those in force, the journal those that were."""
    tables: dict[type, list[Row]] = {MissionRow: [], RobotRow: [], AlertRow: []}
    for record in records:
        if isinstance(record, MissionRecord):
            tables[MissionRow].append(_mission(record))
        elif isinstance(record, RobotRecord):
            tables[RobotRow].append(_robot(record))
        elif isinstance(record, AlertRecord):
            tables[AlertRow].append(_alert(record))
    return tables


def mission_record(data: str) -> MissionRecord:
    return msgspec.json.decode(data, type=MissionRecord)


def alert_record(data: str) -> AlertRecord:
    return msgspec.json.decode(data, type=AlertRecord)


def _mission(record: MissionRecord) -> Row:
    return {
        "mission_id": record.mission.mission_id,
        "state": str(record.state),
        "template": record.mission.template,
        "family": str(record.mission.family),
        "robot": record.robot,
        "created_s": record.created_s,
        "ended_s": record.ended_s,
        "data": _json(record),
    }


def _robot(record: RobotRecord) -> Row:
    return {"robot_id": record.robot_id, "model": record.facts.model, "data": _json(record)}


def _alert(record: AlertRecord) -> Row:
    return {
        "alert_id": record.alert_id,
        "kind": record.kind,
        "severity": record.severity,
        "subject": record.subject,
        "raised_s": record.raised_s,
        "handled_s": record.handled_s,
        "data": _json(record),
    }


def _json(record: Record) -> str:
    return msgspec.json.encode(record).decode()
