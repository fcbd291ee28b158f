"""The same seed makes the same journal, byte for byte, in other processes and under other hash seeds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "journal_bytes.py"
ROOT = SCRIPT.parents[2]


def fingerprint(seed, hash_seed):
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(SCRIPT), str(seed), "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.split()


@pytest.mark.timeout(300)
def test_two_processes_with_two_hash_seeds_write_the_same_journal():
    rows, seal = fingerprint(3, "1")
    assert int(rows) > 500
    assert fingerprint(3, "12345") == [rows, seal]
    assert fingerprint(4, "1") != [rows, seal]
