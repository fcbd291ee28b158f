import json

import pytest
from typer.testing import CliRunner

from fleet.errors import UserError
from simulators.closed_loop import ClosedLoop
from simulators.commands import app


@pytest.mark.parametrize("text", ["5", "a:b", "3:3", "9:1", "-1:2"])
def test_seeds_that_are_no_range_are_refused_with_an_example(text):
    with pytest.raises(UserError, match="for example 0:20"):
        CliRunner().invoke(app, ["soak", f"--seeds={text}"], catch_exceptions=False)


def test_a_site_that_is_not_there_is_named(tmp_path):
    missing = str(tmp_path / "nowhere.yaml")
    with pytest.raises(UserError, match="nowhere"):
        CliRunner().invoke(app, ["soak", "--seeds", "0:1", "--site", missing], catch_exceptions=False)


def test_a_soak_ends_with_one_json_object_that_adds_up():
    done = CliRunner().invoke(app, ["soak", "--seeds", "0:2", "--minutes", "1", "--json"])
    account = json.loads(done.stdout)
    assert done.exit_code == 0
    assert account["seeds"] == 2
    assert account["violations"] == []
    assert account["simulated_s"] >= 120.0
    assert account["wall_s"] > 0.0


def test_a_soak_says_one_line_a_seed():
    done = CliRunner().invoke(app, ["soak", "--seeds", "4:5", "--minutes", "1"])
    assert done.stdout.startswith("seed 4: ")
    assert done.stdout.endswith("1 seeds, 0 with a violation\n")


def test_a_failing_seed_is_made_small_in_json_too(monkeypatch):
    def broken(_loop):
        raise ZeroDivisionError("in the middle")

    monkeypatch.setattr(ClosedLoop, "_tick", broken)
    done = CliRunner().invoke(app, ["soak", "--seeds", "4:5", "--minutes", "2", "--json"])
    (wrong,) = json.loads(done.stdout)["violations"]
    assert done.exit_code == 1
    assert wrong["again"] == "fleet sim soak --seeds 4:5 --site county_hospital --minutes 2"
    assert wrong["shrunk"].startswith("fleet sim soak --seeds 4:5 --site county_hospital --minutes 0")
    assert "--strikes none" in wrong["shrunk"]
