"""Decides cases and says what came out and which kernels ran: `python -m tests.engine.run_kernels FILE`.

With NUMBA_DISABLE_JIT=1 every call of a kernel is seen by name; compiled, calls among kernels are not.
"""

from __future__ import annotations

import ast
import json
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from backorder.channels.files import sample
from backorder.channels.files.services import Question, read_facts
from backorder.engine.allocation import (
    Policy,
    Request,
    Snapshot,
    again,
    allocate,
    check,
    explain,
    partition,
    quote,
)
from backorder.engine.compiled import ENGINE
from backorder.engine.demand import forecast
from tests.engine.arrival.purchases import spell_arrivals
from tests.engine.demand.histories import draw_history
from tests.engine.facts import Facts, build

Case = tuple[Snapshot, Policy]


def list_kernels() -> set[str]:
    """Name every kernel of the engine: `allocation/serving/take.py: take`."""
    return {
        f"{path.relative_to(ENGINE).as_posix()}: {node.name}"
        for path in sorted(ENGINE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(decorator).endswith("kernel") for decorator in node.decorator_list)
    }


def find_forms() -> dict[str, list[str]]:
    """List the types for which each kernel that was imported is compiled."""
    forms: dict[str, list[str]] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("backorder.engine"):
            for value in vars(module).values():
                if hasattr(value, "signatures") and value.__module__ == name:
                    file = name.removeprefix("backorder.engine.").replace(".", "/")
                    forms[f"{file}.py: {value.__name__}"] = [str(form) for form in value.signatures]
    return forms


def read_sample(folder: Path) -> Case:
    """Write the sample shop and read it as facts and policy: every strategy and commitment is in it."""
    sample.write_sample(folder)
    question = Question(folder, folder / "policy.toml", sample.AS_OF)
    _, policy, facts = read_facts(question, lambda _: None)
    return facts.snapshot, policy.policy


def decide_all(cases: Sequence[Facts], shop: Path) -> list[str]:
    """Decide, check, quote and explain every case, forecast and predict; one line of text for each."""
    decided = [spell(*case) for case in [*((build(case), case.policy) for case in cases), read_sample(shop)]]
    return [*decided, spell_forecast(), spell_arrivals()]


def spell(snapshot: Snapshot, policy: Policy) -> str:
    """Write down all that the engine says about a case: plan, one item decided again, partition, a quote, an explanation."""
    plan = allocate(snapshot, policy)
    check(snapshot, policy, plan)
    late = np.flatnonzero(~plan.lines.in_time & (plan.lines.unallocated == 0))
    row = int(late[0]) if len(late) else 0
    request = Request(int(snapshot.lines.item[row]), 3, snapshot.as_of)
    asked = quote(snapshot, policy, plan, request)
    told = explain(snapshot, policy, plan, row)
    touched = np.arange(snapshot.items) == snapshot.lines.item[row]
    revised = again(snapshot, policy, plan, touched).plan
    return f"{plan.hash()} {revised.hash()} {partition(snapshot).tolist()} {asked} {told}"


def spell_forecast() -> str:
    """Write down a forecast of histories of every kind, to what digits are the same on any machine."""
    found = forecast(draw_history(seed=1, items=12, periods=30), 2, np.array([0.1, 0.5, 0.95]), season=4)
    figures = np.concatenate([found.mean.ravel(), found.quantiles.ravel()])
    return f"{found.choice} {found.demand_class.tolist()} {[f'{figure:.9g}' for figure in figures]}"


def watch(reached: set[str]) -> Any:
    """Give a profiler that notes each function of the engine that is called."""
    names: dict[str, str] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            code = frame.f_code
            if code.co_filename not in names:
                path = Path(code.co_filename)
                inside = ENGINE in path.parents
                names[code.co_filename] = path.relative_to(ENGINE).as_posix() if inside else ""
            if file := names[code.co_filename]:
                reached.add(f"{file}: {code.co_name}")

    return note


def main(file: Path) -> None:
    """Decide the cases in a file, and print what came out and which functions of the engine ran."""
    cases = pickle.loads(file.read_bytes())  # noqa: S301 - the test that calls this wrote it
    reached: set[str] = set()
    sys.setprofile(watch(reached))
    said = decide_all(cases, file.parent / "shop")
    sys.setprofile(None)
    sys.stdout.write(json.dumps({"said": said, "reached": sorted(reached)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
