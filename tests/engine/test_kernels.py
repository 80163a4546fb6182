"""Every kernel: compiled it does what it does uncompiled."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

from hypothesis import Phase, given, settings

from tests.engine.cases import facts
from tests.engine.facts import Facts
from tests.engine.run_kernels import decide_all, list_kernels
from tests.engine.test_against_naive import GROUPS

OF_EACH_GROUP = 8
RARE = (
    ("complete", "ceiling"),
    ("complete", "places", "inbound"),
    ("complete", "items", "promises"),
    ("complete", "items", "improve"),
    ("fill", "minimum"),
    ("fair_share", "promises", "keep"),
)
"""Features that only together reach some kernels."""


def draw_cases() -> list[Facts]:
    """Draw some cases of each group of features, always the same."""
    cases: list[Facts] = []
    for group in (*GROUPS.values(), *RARE):

        @settings(max_examples=OF_EACH_GROUP, phases=[Phase.generate], database=None, derandomize=True)
        @given(facts(*group))
        def keep(case: Facts) -> None:
            cases.append(case)

        keep()
    return cases


def test_every_kernel_decides_the_same_compiled_and_uncompiled(tmp_path: Path) -> None:
    cases = draw_cases()
    (tmp_path / "cases").write_bytes(pickle.dumps(cases))
    ended = subprocess.run(
        [sys.executable, "-m", "tests.engine.run_kernels", str(tmp_path / "cases")],
        check=True,
        stdout=subprocess.PIPE,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )
    uncompiled = json.loads(ended.stdout)
    assert list_kernels() - set(uncompiled["reached"]) == set()
    assert uncompiled["said"] == decide_all(cases, tmp_path / "again")


def test_setting_up_compiles_every_kernel_in_every_form_that_a_decision_needs(tmp_path: Path) -> None:
    code = """
import json, sys
from pathlib import Path
from backorder.engine import warm
from tests.engine.run_kernels import decide_all, find_forms
warm.warm()
before = find_forms()
decide_all([], Path(sys.argv[1]))
print(json.dumps([before, find_forms()]))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True, text=True
    )
    before, after = json.loads(ended.stdout)
    assert any(before.values())
    assert after == before
