"""Lets the core decide a journal again, effects off, and says where that ends. Only reads the database."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from fleet.cli.output import show_json
from fleet.errors import UserError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from fleet.core.orchestrator import Orchestrator
    from fleet.core.state import RobotRecord
    from fleet.runtime import RecoveryReport
    from fleet.store.entry import Snapshot
    from maps.elements import Site

ROWS_SHOWN = 10


def replay_journal(path: Path, site: Path | None, *, as_json: bool) -> None:
    """Raises UserError without a site, JournalError when a row cannot be read or is decided differently."""
    from fleet.runtime import recover
    from fleet.store.journal import SqlJournal

    with tempfile.TemporaryDirectory(prefix="fleet-replay-") as folder:
        copy = Path(folder) / "fleet.db"
        copied(path, copy)
        journal = SqlJournal.open(f"sqlite:///{copy}")
        try:
            core, version = _core(_site(journal.engine, path, site))
            last = journal.latest_snapshot()
            if _is_whole(journal.engine):
                _forget_snapshots(journal.engine)
            report = recover(core, journal, version)
            account = _account(path, core, report, version, _rows(journal.engine))
            account["agrees_with_snapshot"] = _agrees(last, core, report)
        finally:
            journal.close()
    if as_json:
        show_json(account)
    else:
        typer.echo(told(account))


def copied(path: Path, copy: Path) -> None:
    """A consistent copy, also while an orchestrator writes there: the original is only read."""
    import sqlite3

    source = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        target = sqlite3.connect(copy)
        try:
            source.backup(target)
        finally:
            target.close()
    except sqlite3.DatabaseError as error:
        hint = "Look at it with `fleet db check`."
        raise UserError("BAD_FILE", f"{path} cannot be read: {error}.", field="file", hint=hint) from error
    finally:
        source.close()


def _is_whole(engine: "Engine") -> bool:
    """The first row is still there: everything can be decided again."""
    from sqlalchemy import func, select

    from fleet.store.journal import table
    from fleet.store.schema import JournalRow

    with engine.connect() as connection:
        return connection.execute(select(func.min(table(JournalRow).c.seq))).scalar() == 1


def _forget_snapshots(engine: "Engine") -> None:
    """Of the copy: else only what comes after the last one would be decided again."""
    from sqlalchemy import delete

    from fleet.store.journal import table
    from fleet.store.schema import SnapshotRow

    with engine.begin() as connection:
        connection.execute(delete(table(SnapshotRow)))


def _agrees(last: "Snapshot | None", core: "Orchestrator", report: "RecoveryReport") -> bool | None:
    """With the last snapshot; None when there is none of the journal's end."""
    if last is None or last.seq != report.last_seq or report.snapshot_seq == last.seq:
        return None
    return bool(last.data == core.snapshot())


def _site(engine: "Engine", path: Path, site: Path | None) -> "Site":
    """The one that is named, else the one that was used last with this journal."""
    from fleet.store.site_versions import SiteVersions
    from maps.site_file import loads

    if site is not None:
        from simulators.site_names import load_site

        return load_site(str(site))
    versions = SiteVersions(engine)
    known = versions.all()
    if not known:
        text = f"{path} does not keep the site that it was written with."
        raise UserError("NO_SITE", text, field="site", hint="Name it with --site FILE.")
    return loads(versions.yaml(known[0].content_hash))


def _core(site: "Site") -> "tuple[Orchestrator, str]":
    """As fleet.bootstrap builds it, with the usual settings; and the version that this code decides as."""
    from fleet.config import Settings
    from fleet.core.orchestrator import Orchestrator
    from fleet.store.version import deciding_version
    from maps.graph import SiteGraph
    from missions.planning.cells import CellGraph

    graph, settings = SiteGraph(site), Settings()
    cells = CellGraph.build(graph)
    cells.rests(cells.graph_names)
    inputs = (graph.content_hash().encode(), msgspec.json.encode(settings))
    version = deciding_version(inputs=inputs, layout=msgspec.json.encode(cells.cells))
    return Orchestrator(graph, cells, settings), version


def _rows(engine: "Engine") -> dict[str, int]:
    """How many events of each kind."""
    from sqlalchemy import func, select

    from fleet.store.journal import table
    from fleet.store.schema import JournalRow

    kind = table(JournalRow).c.kind
    query = select(kind, func.count()).group_by(kind).order_by(kind)
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def _account(
    path: Path, core: "Orchestrator", report: "RecoveryReport", version: str, rows: dict[str, int]
) -> dict[str, Any]:
    missions: dict[str, int] = {}
    for mission in core.state.missions.values():
        missions[mission.state.value] = missions.get(mission.state.value, 0) + 1
    return {
        "journal": str(path),
        "version": version,
        "rows": sum(rows.values()),
        "events": rows,
        "last_seq": report.last_seq,
        "from_snapshot": report.snapshot_seq,
        "replayed": report.replayed,
        "decided_differently": list(report.diverged),
        "skipped_snapshots": list(report.skipped_snapshots),
        "now_s": core.state.now_s,
        "missions": dict(sorted(missions.items())),
        "robots": {robot_id: _standing(robot) for robot_id, robot in core.state.robots.items()},
        "alerts": len(core.state.alerts),
        "digest": core.digest(),
    }


def _standing(robot: "RobotRecord") -> str:
    if robot.lost:
        return "lost"
    return robot.activity if robot.online else "offline"


def told(account: dict[str, Any]) -> str:
    """The same in words."""
    differently = account["decided_differently"]
    same = f"{len(differently)} decided differently by this version" if differently else "all decided alike"
    rows = ", ".join(str(seq) for seq in differently[:ROWS_SHOWN])
    missions = ", ".join(f"{count} {state}" for state, count in account["missions"].items()) or "none"
    robots = ", ".join(f"{robot_id} {state}" for robot_id, state in account["robots"].items()) or "none"
    agrees = account["agrees_with_snapshot"]
    kept = "" if agrees is None else f", {'as' if agrees else 'NOT as'} the last snapshot has it"
    return "\n".join(
        (
            f"{account['rows']} rows up to {account['last_seq']}, {account['replayed']} replayed from"
            f" {account['from_snapshot'] or 'the first'}: {same}{f' (rows {rows})' if rows else ''}",
            f"missions: {missions}",
            f"robots: {robots}",
            f"alerts: {account['alerts']}, digest {account['digest'][:16]}{kept}",
        )
    )
