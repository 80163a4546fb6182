"""The same facts give the same bytes: any order of rows and columns, any format, any number of threads."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from backorder.channels.files import sample
from backorder.cli import run

PROGRAM = [sys.executable, "-c", "from backorder.cli import main; main()"]
Frames = dict[str, pl.DataFrame]
SEED = 9
SHOPS = 8
"""So many sample shops under different names, side by side, make some thousand lines."""


def generate() -> Frames:
    """Make 3,200 lines with every strategy and commitment: the sample shop several times over."""
    frames = {}
    for name, rows in sample.compose_sample().items():
        one = pl.DataFrame([{key: str(value) for key, value in row.items()} for row in rows])
        keys = [c for c in one.columns if c in {"order", "sku", "component", "substitute", "inbound"}]
        copies = [
            one.with_columns(
                pl.when(pl.col(keys) == "").then(pl.col(keys)).otherwise(pl.col(keys) + f"-{number}")
            )
            for number in range(SHOPS if keys else 1)
        ]
        frames[name] = pl.concat(copies)
    return frames


def read_case(case: Path) -> Frames:
    return {path.stem: pl.read_parquet(path) for path in case.glob("*.parquet")}


def write_csv(frames: Frames, folder: Path) -> None:
    for name, frame in frames.items():
        frame.write_csv(folder / f"{name}.csv")


def write_parquet(frames: Frames, folder: Path) -> None:
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")


def write_xlsx(frames: Frames, folder: Path) -> None:
    for name, frame in frames.items():
        frame.write_excel(folder / f"{name}.xlsx", autofit=False)


def shuffle(frames: Frames) -> Frames:
    """Give the same tables with rows and columns in another order."""
    dice = random.Random(SEED)  # noqa: S311 - an order, not a secret
    return {
        name: frame.sample(fraction=1.0, shuffle=True, seed=SEED).select(
            dice.sample(frame.columns, frame.width)
        )
        for name, frame in frames.items()
    }


def read_outputs(out: Path) -> dict[str, object]:
    """Read all that was written but what may differ between runs."""
    found: dict[str, object] = {path.name: path.read_bytes() for path in out.glob("*.csv")}
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    return {
        **found,
        "summary": {name: summary[name] for name in summary if name not in {"seconds", "versions"}},
    }


def hold_to_the_same_bytes(frames: Frames, tmp_path: Path, *options: str) -> None:
    """Plan the same tables as they are and shuffled, in three formats, with one thread and with two."""
    plans = []
    forms: dict[str, tuple[Callable[[Frames, Path], None], Frames]] = {
        "parquet": (write_parquet, frames),
        "csv": (write_csv, shuffle(frames)),
        "xlsx": (write_xlsx, shuffle(frames)),
    }
    for form, (write, given) in forms.items():
        (tmp_path / form).mkdir()
        write(given, tmp_path / form)
        out = tmp_path / f"plan of {form}"
        assert run(["plan", str(tmp_path / form), "--out", str(out), *options, "--quiet"]) == 0
        plans.append(read_outputs(out))
    for threads in ("1", "2"):
        out = tmp_path / f"plan with {threads}"
        arguments = ["plan", str(tmp_path / "csv"), "--out", str(out), *options, "--quiet"]
        given_threads = {"NUMBA_NUM_THREADS": threads, "POLARS_MAX_THREADS": threads}
        subprocess.run([*PROGRAM, *arguments], check=True, env={**os.environ, **given_threads})
        plans.append(read_outputs(out))
    assert len(plans[0]) == 7
    for plan in plans[1:]:
        assert plan == plans[0]


def test_thousands_of_generated_lines_give_the_same_bytes(tmp_path: Path) -> None:
    frames = generate()
    assert len(frames["orders"]) == 400 * SHOPS
    sample.write_sample(tmp_path / "one")
    policy = tmp_path / "one" / "policy.toml"
    hold_to_the_same_bytes(frames, tmp_path, "--policy", str(policy), "--as-of", sample.AS_OF.isoformat())


def test_real_orders_give_the_same_bytes(real_data: Path, tmp_path: Path) -> None:
    case = real_data / "cases" / "retail-2011-09"
    if not case.is_dir():
        pytest.skip("BACKORDER_DATA holds no cases/retail-2011-09")
    hold_to_the_same_bytes(read_case(case), tmp_path, "--as-of", "2011-10-01")
