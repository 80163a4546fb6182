"""The packs that come with the program."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from backorder.engine.consent import Pack
from backorder.law.read import read_pack


@cache
def list_packs() -> tuple[Pack, ...]:
    """List the packs that come with the program, by name."""
    folder = files("backorder.law") / "packs"
    texts = {each.name: each.read_text("utf-8") for each in folder.iterdir() if each.name.endswith(".toml")}
    return tuple(read_pack(text, name) for name, text in sorted(texts.items()))
