"""The memory on disk: whole or not at all, one owner."""

import pytest

from robots import protocol as wire
from robots.agent_io import OrderMemory
from robots.memory_file import MemoryFile, MemoryFileError


@pytest.fixture
def memory():
    action = wire.Action(
        action_id="a", action_type="uv_expose", params={"target_j_m2": 100.0, "x": ("a", "b")}
    )
    node = wire.OrderNode(node_id="n", seq=3, x_m=0.1, y_m=1e-9, level="L1")
    outcome = wire.ActionEvent(
        order_id="o", action_id="a", status=wire.ActionStatus.FAILED, result={"dose_min_j_m2": 3.5}
    )
    order = wire.Order(order_id="o", order_update_id=2, base=(node,), action=action)
    return OrderMemory(order=order, last_seq=3, outcome=outcome, ended=("p", "q"), mode="paused")


def test_memory_comes_back_as_it_was(tmp_path, memory):
    file = MemoryFile(tmp_path / "deep", "robot-1")
    assert file.load() is None
    file.save(OrderMemory())
    file.save(memory)
    file.close()
    again = MemoryFile(tmp_path / "deep", "robot-1")
    assert again.load() == memory
    again.close()


def test_write_that_was_cut_off_leaves_the_old_memory(tmp_path, memory):
    file = MemoryFile(tmp_path, "robot-1")
    file.save(memory)
    (tmp_path / "robot-1.json.new").write_bytes(b'{"order": {"order_id')
    assert file.load() == memory
    file.close()


def test_unreadable_memory_is_put_aside_and_said(tmp_path, caplog):
    (tmp_path / "robot-1.json").write_text("{broken")
    file = MemoryFile(tmp_path, "robot-1")
    assert file.load() is None
    assert (tmp_path / "robot-1.broken").read_text() == "{broken"
    assert "starting without an order" in caplog.text
    file.close()


def test_second_process_for_the_same_robot_is_refused(tmp_path):
    file = MemoryFile(tmp_path, "robot-1")
    with pytest.raises(MemoryFileError, match="Another process runs robot robot-1"):
        MemoryFile(tmp_path, "robot-1")
    file.close()
    MemoryFile(tmp_path, "robot-1").close()


@pytest.mark.parametrize("robot_id", ["", "../x", "a b", "x" * 65, ".hidden"])
def test_id_that_is_no_file_name_is_refused(tmp_path, robot_id):
    with pytest.raises(MemoryFileError, match="use letters, digits"):
        MemoryFile(tmp_path, robot_id)


def test_full_disk_is_said_with_the_fix_and_keeps_the_old_memory(tmp_path, memory):
    file = MemoryFile(tmp_path, "robot-1")
    file.save(memory)
    (tmp_path / "robot-1.json.new").mkdir()  # nothing can be written there
    with pytest.raises(MemoryFileError, match=r"Cannot write .*robot-1\.json.*Free some space"):
        file.save(OrderMemory())
    assert file.load() == memory
    file.close()


def test_directory_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(MemoryFileError, match="Choose another --data-dir"):
        MemoryFile(tmp_path / "file", "robot-1")
