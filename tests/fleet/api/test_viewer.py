"""A viewer's outbox: it never grows, and who missed something starts from a snapshot."""

import asyncio

from fleet.api.stream import BACKLOG_MAX, Viewer


def test_a_new_viewer_starts_with_a_snapshot() -> None:
    assert asyncio.run(Viewer().take()) is None


def test_changes_come_in_order_after_the_snapshot() -> None:
    async def scenario() -> list[str | None]:
        viewer = Viewer()
        viewer.offer("before the snapshot: it holds this already")
        first = await viewer.take()
        viewer.offer("one")
        viewer.offer("two")
        return [first, await viewer.take(), await viewer.take()]

    assert asyncio.run(scenario()) == [None, "one", "two"]


def test_a_slow_viewer_gets_a_fresh_snapshot_instead_of_a_growing_queue() -> None:
    async def scenario() -> list[str | None]:
        viewer = Viewer()
        await viewer.take()
        for number in range(BACKLOG_MAX + 5):
            viewer.offer(str(number))
        missed = await viewer.take()
        viewer.offer("fresh")
        return [missed, await viewer.take()]

    assert asyncio.run(scenario()) == [None, "fresh"]


def test_taking_waits_for_the_next_message() -> None:
    async def scenario() -> str | None:
        viewer = Viewer()
        await viewer.take()
        waiting = asyncio.create_task(viewer.take())
        await asyncio.sleep(0)
        assert not waiting.done()
        viewer.offer("at last")
        return await waiting

    assert asyncio.run(scenario()) == "at last"
