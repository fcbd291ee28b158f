import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from maps.digest import content_hash
from maps.elements import FloorPlan, Site
from maps.errors import SiteError
from maps.load import load
from maps.package import (
    Package,
    changed_files,
    pack,
    package,
    read_package,
    repackaged,
    unpack,
)
from maps.site_file import save
from maps.source import Source

PLAN = b"\x89PNG plan"
TEMPLATE = b"template: deliver\n"


def with_plan(site: Site, path: str) -> Site:
    plan = FloorPlan(path=path, origin=(0.0, 0.0), yaw_rad=0.0, scale_m_per_px=0.05)
    first, *rest = site.levels
    return replace(site, levels=(replace(first, floor_plan=plan), *rest))


def zipped(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for path, data in entries.items():
            archive.writestr(zipfile.ZipInfo(path), data, compression)
    return out.getvalue()


def entries_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read(data: bytes, folder: Path) -> Package:
    file = folder / "site.zip"
    file.write_bytes(data)
    return read_package(Source(file))


@pytest.fixture
def packed(two_rooms: Site, tmp_path: Path) -> bytes:
    (tmp_path / "drawings").mkdir()
    (tmp_path / "drawings" / "l1.png").write_bytes(PLAN)
    site = with_plan(two_rooms, "drawings/l1.png")
    return pack(package(site, tmp_path, templates={"deliver.yaml": TEMPLATE}, settings=b"lost_s: 12\n"))


def test_a_package_says_what_was_packed(two_rooms: Site, packed: bytes, tmp_path: Path) -> None:
    content = read(packed, tmp_path)
    assert content.site == with_plan(two_rooms, "drawings/l1.png")
    assert content.templates == {"deliver.yaml": TEMPLATE}
    assert content.settings == b"lost_s: 12\n"
    assert content.files["drawings/l1.png"] == PLAN
    assert content.missing == ()


def test_a_package_loads_like_any_map(hospital: Site, tmp_path: Path) -> None:
    file = tmp_path / "hospital.zip"
    file.write_bytes(pack(package(hospital, tmp_path)))
    assert content_hash(load(file)) == content_hash(hospital)


def test_equal_content_gives_equal_bytes(two_rooms: Site, packed: bytes, tmp_path: Path) -> None:
    assert pack(read(packed, tmp_path)) == packed
    other = tmp_path / "elsewhere"
    unpack(read(packed, tmp_path), other)
    again = package(
        load(other / "site.yaml"), other, templates={"deliver.yaml": TEMPLATE}, settings=b"lost_s: 12\n"
    )
    assert pack(again) == packed


def test_the_manifest_is_read_by_people(packed: bytes, two_rooms: Site) -> None:
    manifest = yaml.safe_load(entries_of(packed)["manifest.yaml"])
    assert manifest["package"] == 1
    assert manifest["site"] == "two_rooms"
    assert list(manifest["files"]) == [
        "drawings/l1.png",
        "settings.yaml",
        "site.yaml",
        "templates/deliver.yaml",
    ]


def test_an_unpacked_site_finds_its_plans(packed: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "place"
    written = unpack(read(packed, tmp_path), folder)
    assert written == ["drawings/l1.png", "settings.yaml", "site.yaml", "templates/deliver.yaml"]
    plan = load(folder / "site.yaml").levels[0].floor_plan
    assert plan is not None
    assert (folder / plan.path).read_bytes() == PLAN


def test_a_plan_that_lies_elsewhere_is_taken_in(two_rooms: Site, tmp_path: Path) -> None:
    (tmp_path / "l1.png").write_bytes(PLAN)
    home = tmp_path / "home"
    home.mkdir()
    content = package(with_plan(two_rooms, "../l1.png"), home)
    plan = content.site.levels[0].floor_plan
    assert plan is not None
    assert plan.path == "plans/l1.png"
    assert content.files == {"plans/l1.png": PLAN}


def test_two_plans_of_one_name_both_come_along(tower: Site, tmp_path: Path) -> None:
    levels = []
    for number, level in enumerate(tower.levels):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "plan.png").write_bytes(PLAN + bytes([number]))
        path = f"../{tmp_path.name}/{number}/plan.png"
        plan = FloorPlan(path=path, origin=(0.0, 0.0), yaw_rad=0.0, scale_m_per_px=0.1)
        levels.append(replace(level, floor_plan=plan))
    content = package(replace(tower, levels=tuple(levels)), tmp_path)
    assert sorted(content.files) == ["plans/plan-2.png", "plans/plan.png"]
    assert {level.floor_plan.path for level in content.site.levels if level.floor_plan} == set(content.files)


def test_a_plan_that_nobody_has_is_listed(two_rooms: Site, tmp_path: Path) -> None:
    content = package(with_plan(two_rooms, "gone.png"), tmp_path)
    assert content.missing == ("gone.png",)
    assert read(pack(content), tmp_path).missing == ("gone.png",)


def test_a_site_file_cannot_make_its_packer_give_other_files_away(two_rooms: Site, tmp_path: Path) -> None:
    (tmp_path / "id_rsa").write_text("private")
    with pytest.raises(SiteError, match="'id_rsa' is no picture"):
        package(with_plan(two_rooms, "id_rsa"), tmp_path)


@pytest.mark.parametrize("name", ["../deliver.yaml", "deliver.txt", "a/b.yaml", ""])
def test_a_templates_name_is_a_plain_one(two_rooms: Site, tmp_path: Path, name: str) -> None:
    with pytest.raises(SiteError, match="no name of a template"):
        package(two_rooms, tmp_path, templates={name: TEMPLATE})


def test_a_package_packed_again_keeps_what_is_not_replaced(packed: bytes, tmp_path: Path) -> None:
    content = repackaged(read(packed, tmp_path), settings=b"lost_s: 20\n")
    assert content.templates == {"deliver.yaml": TEMPLATE}
    assert content.settings == b"lost_s: 20\n"
    assert content.files["drawings/l1.png"] == PLAN
    assert repackaged(content, templates={}).templates == {}


def test_files_that_differ_are_named(packed: bytes, tmp_path: Path) -> None:
    old = read(packed, tmp_path)
    new = repackaged(old, templates={"guide.yaml": b"x"}, settings=b"lost_s: 20\n")
    assert [path for path, _, _ in changed_files(old, new)] == [
        "settings.yaml",
        "templates/deliver.yaml",
        "templates/guide.yaml",
    ]


# -- damaged and dangerous archives ----------------------------------------------------------------------


def refused(data: bytes, folder: Path, words: str) -> None:
    with pytest.raises(SiteError, match=words) as raised:
        read(data, folder)
    assert "\n" not in str(raised.value)
    assert "site.zip" in str(raised.value)


def test_a_cut_archive_is_refused_wherever_it_is_cut(packed: bytes, tmp_path: Path) -> None:
    for length in (0, 10, len(packed) // 2, len(packed) - 30, len(packed) - 1):
        refused(packed[:length], tmp_path, "no whole zip archive")


def test_any_flipped_byte_is_refused_or_changes_nothing(packed: bytes, tmp_path: Path) -> None:
    whole = read(packed, tmp_path)
    for place in range(0, len(packed), 13):
        broken = bytearray(packed)
        broken[place] ^= 0x15
        (tmp_path / "site.zip").write_bytes(broken)
        try:
            found = read_package(Source(tmp_path / "site.zip"))
        except SiteError:
            continue
        assert found == whole


def test_a_file_that_was_changed_is_named(packed: bytes, tmp_path: Path) -> None:
    entries = entries_of(packed)
    entries["site.yaml"] = entries["site.yaml"].replace(b"24", b"25", 1)
    refused(zipped(entries), tmp_path, r"'site.yaml' is not what was packed")


@pytest.mark.parametrize(
    "path", ["../out.yaml", "/etc/x.yaml", "a/../../b", "c:\\x", "a\\..\\b", "a//b", "dir/"]
)
def test_a_path_that_leaves_the_folder_is_refused(packed: bytes, tmp_path: Path, path: str) -> None:
    refused(zipped({**entries_of(packed), path: b"x"}), tmp_path, "no plain file")
    assert not (tmp_path.parent / "out.yaml").exists()


def test_a_link_in_the_archive_is_refused(packed: bytes, tmp_path: Path) -> None:
    out = io.BytesIO(packed)
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("templates/link.yaml")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    refused(out.getvalue(), tmp_path, "no plain file")


def test_what_the_manifest_does_not_list_is_refused(packed: bytes, tmp_path: Path) -> None:
    refused(zipped({**entries_of(packed), "extra.yaml": b"x"}), tmp_path, "'extra.yaml' is in it but not")
    without = {path: data for path, data in entries_of(packed).items() if path != "settings.yaml"}
    refused(zipped(without), tmp_path, "'settings.yaml' is in its manifest but not")


def test_an_archive_that_unpacks_without_end_is_refused(packed: bytes, tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        block = b"\0" * 2**20
        with archive.open("templates/zeros.yaml", "w", force_zip64=True) as file:
            for _ in range(600):
                file.write(block)
    assert len(bomb.getvalue()) < 2**20
    refused(bomb.getvalue(), tmp_path, "unpacks to more than 512 MB")


def test_an_archive_of_very_many_files_is_refused(tmp_path: Path) -> None:
    refused(
        zipped({f"f{number}": b"" for number in range(1_001)}, zipfile.ZIP_STORED), tmp_path, "1001 files"
    )


def test_two_files_that_one_folder_cannot_hold_are_refused(packed: bytes, tmp_path: Path) -> None:
    refused(zipped({**entries_of(packed), "SITE.yaml": b"x"}), tmp_path, "'SITE.yaml' twice")


def test_any_other_zip_is_no_package(tmp_path: Path) -> None:
    refused(zipped({"readme.txt": b"hello"}), tmp_path, r"holds no manifest.yaml")


def test_a_newer_package_is_refused_with_its_version(packed: bytes, tmp_path: Path) -> None:
    entries = entries_of(packed)
    entries["manifest.yaml"] = entries["manifest.yaml"].replace(b"package: 1", b"package: 2")
    refused(zipped(entries), tmp_path, "version 2 of the package")


def test_a_manifest_of_another_site_is_refused(packed: bytes, tmp_path: Path) -> None:
    entries = entries_of(packed)
    entries["manifest.yaml"] = entries["manifest.yaml"].replace(b"site: two_rooms", b"site: tower")
    refused(zipped(entries), tmp_path, "said to hold site 'tower'")


def test_a_wrong_site_in_a_package_is_named_with_its_line(two_rooms: Site, tmp_path: Path) -> None:
    save(two_rooms, tmp_path / "site.yaml")
    text = (tmp_path / "site.yaml").read_text().replace("level: L1", "level: L9", 1)
    entries = entries_of(pack(package(two_rooms, tmp_path)))
    manifest = yaml.safe_load(entries["manifest.yaml"])
    manifest["files"]["site.yaml"]["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    broken = {"manifest.yaml": yaml.safe_dump(manifest).encode(), "site.yaml": text.encode()}
    refused(
        zipped(broken),
        tmp_path,
        r"site\.zip, site\.yaml, line \d+: node 'west', level: there is no level 'L9'",
    )
