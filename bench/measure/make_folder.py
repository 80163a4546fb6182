"""Write a folder of facts: `python bench/measure/make_folder.py FOLDER LINES SEED`, a process of its own for its memory."""

from __future__ import annotations

import sys
from pathlib import Path

from measure.facts import Size, make_facts
from measure.folder import write_facts


def main() -> None:
    """Write it."""
    folder, lines, seed = sys.argv[1:]
    write_facts(make_facts(Size(int(lines), int(seed))), Path(folder))


if __name__ == "__main__":
    main()
