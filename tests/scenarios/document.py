"""Write docs/scenarios.md from the scenario files: `python -m tests.scenarios.document`."""

from __future__ import annotations

import re
from pathlib import Path

from tests.scenarios.scenario import THEMES, Scenario, list_scenarios, read_scenario

DOCUMENT = Path(__file__).parents[2] / "docs" / "scenarios.md"
HEAD = """\
# Scenarios

Each rule of the decision as an example: facts in, plan out. They are run by the tests, and this page is made
from them by `python -m tests.scenarios.document`: edit the files under `tests/scenarios`, where a README says
how. Only the columns that matter are shown; everything else has its default.
"""


def compose() -> str:
    """Compose the page: a list of contents, then each theme with its scenarios."""
    scenarios = [read_scenario(path) for path in list_scenarios()]
    by_theme = {theme: [one for one in scenarios if one.name.startswith(f"{theme}/")] for theme in THEMES}
    contents = [f"- [{theme.capitalize()}](#{theme}): {len(by_theme[theme])}" for theme in THEMES]
    parts = [HEAD, "\n".join(contents) + "\n"]
    for theme in THEMES:
        parts.append(f"## {theme.capitalize()}\n")
        parts += [lower_headings(scenario) for scenario in by_theme[theme]]
    return "\n".join(parts)


def lower_headings(scenario: Scenario) -> str:
    """Show one scenario as a part of the page, its tables named in bold."""
    text = re.sub(r"^# ", "### ", scenario.text, count=1)
    return re.sub(r"^## (\w+)\n", r"**\1**\n\n", text, flags=re.MULTILINE)


if __name__ == "__main__":
    DOCUMENT.write_text(compose(), encoding="utf-8")
