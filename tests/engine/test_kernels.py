"""Every kernel: compiled it does what it does uncompiled."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

from hypothesis import Phase, given, settings

from backorder.engine.allocation.policy import IMPROVE, Condition, Policy, Segment
from tests.engine.cases import facts
from tests.engine.facts import Facts, Held, OrderLine, Units
from tests.engine.run_kernels import decide_all, list_kernels
from tests.engine.test_against_naive import GROUPS

OF_EACH_GROUP = 8
RARE = (
    ("complete", "ceiling"),
    ("complete", "places", "inbound"),
    ("complete", "items", "promises"),
    ("complete", "items", "improve"),
)
"""Features that only together reach some kernels."""
KIT_THAT_KEEPS_ITS_DAYS = Facts(
    orders=(OrderLine(1, 1, 3, channel="improve", minimum=2),),
    units=(Units(1, 1, arrives=1), Units(2, 2, arrives=0)),
    held=(Held(1, 1, 2, 3, ships=0),),
    kits=((0, 1, 1),),
    items=2,
    policy=Policy(segments=(Segment("improve", (Condition("channel", one_of=("improve",)),), IMPROVE),)),
)
"""Its best way to reach the minimum would be later than now, so it takes the very units that it reserved."""


def draw_cases() -> list[Facts]:
    """Draw some cases of each group of features, always the same."""
    cases = [KIT_THAT_KEEPS_ITS_DAYS]
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
