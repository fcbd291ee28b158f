"""The build hook: builds when sources changed, leaves alone what is up to date, explains a failure."""

import json
import re
import shutil
from pathlib import Path

import pytest

import hatch_build

CONSOLE = Path(__file__).parents[1] / "fleet" / "console"


@pytest.fixture
def console(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.ts").write_text("export {}")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(CONSOLE / name, tmp_path / name)
    return tmp_path


def test_source_hash_changes_with_contents_and_names_but_not_with_what_is_built(console: Path) -> None:
    first = hatch_build.source_hash(console)
    (console / "dist").mkdir()
    (console / "dist" / "index.html").write_text("built")
    (console / "node_modules").mkdir()
    (console / "node_modules" / "a.js").write_text("package")
    assert hatch_build.source_hash(console) == first
    (console / "src" / "main.ts").write_text("export const a = 1")
    second = hatch_build.source_hash(console)
    assert second != first
    (console / "src" / "main.ts").rename(console / "src" / "other.ts")
    assert hatch_build.source_hash(console) not in (first, second)


def test_a_console_that_is_up_to_date_is_not_built_again(console: Path) -> None:
    (console / "dist").mkdir()
    (console / "dist" / ".source-hash").write_text(hatch_build.source_hash(console))
    assert hatch_build.build(console) is False


def test_a_registry_that_cannot_be_reached_is_told_in_one_sentence(
    console: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(hatch_build, "NPM_CI", (*hatch_build.NPM_CI, "--fetch-retries=0"))
    with pytest.raises(hatch_build.ConsoleError, match=r"npm cannot reach its package registry: check .*"):
        hatch_build.build(console)
    assert not (console / "dist").exists()


def test_any_other_failure_is_told_with_npms_own_words(
    console: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_offline", "true")
    (console / "package.json").write_text('{"name": ')
    with pytest.raises(hatch_build.ConsoleError, match=r"(?s)npm ended with code 1:.*JSON"):
        hatch_build.build(console)


def test_the_lock_names_no_registry_and_every_version_is_exact() -> None:
    lock = (CONSOLE / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert "registry" not in lock
    package = json.loads((CONSOLE / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values()), versions
    mantine = {version for name, version in versions.items() if name.startswith("@mantine/")}
    assert len(mantine) == 1
