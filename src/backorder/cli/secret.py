"""The key that signs sessions: of an embedded database it lies in the folder, made once, for its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FILE = "secret.key"


def read_secret(folder: Path) -> str:
    """Read the key of a folder; make one if there is none."""
    path = folder / FILE
    try:
        place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("utf-8").strip()
    with os.fdopen(place, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text("utf-8").strip()
