from pathlib import Path

import pytest

from fleet.links.evidence import keep_evidence


def test_picture_is_kept_under_its_mission(tmp_path: Path) -> None:
    path = keep_evidence(tmp_path, "mission-000001/2/000017", b"jpeg")
    assert path == tmp_path / "mission-000001" / "2-000017.jpg"
    assert path.read_bytes() == b"jpeg"
    assert [file.name for file in path.parent.iterdir()] == ["2-000017.jpg"]


@pytest.mark.parametrize(
    "tag",
    ["", "free text", "../../etc/passwd", "../x/y", "a/../b", "a/./b", "a/b", "a/b/c/d", "a//c", "a/b/c\n"],
)
def test_tag_that_is_no_action_writes_nothing(tmp_path: Path, tag: str) -> None:
    assert keep_evidence(tmp_path, tag, b"jpeg") is None
    assert list(tmp_path.iterdir()) == []


def test_disk_that_does_not_take_it_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "mission-000001").write_text("a file where the folder belongs")
    assert keep_evidence(tmp_path, "mission-000001/0/1", b"jpeg") is None
