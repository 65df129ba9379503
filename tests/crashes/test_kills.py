"""Ten kills of the two hundred that `benchmarks/kills.py` does."""

import sys
from pathlib import Path

import pytest

from .kills import kill

KILLS, SEED = 10, 20260105


@pytest.mark.skipif(sys.platform != "linux", reason="finds its victims in /proc")
def test_after_ten_kills_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    report = kill(tmp_path / "home", KILLS, SEED)
    assert len(report.kills) == KILLS
    assert report.acknowledged > 5 * KILLS
    assert report.too_long == []
    assert report.lost == []
    assert report.findings == ""
