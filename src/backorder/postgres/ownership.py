"""Whose a database is: nobody's yet, a shop's, or another program's, which is never written into."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

MARKS = frozenset({"django_migrations", "outbox_entry", "outbox_subject"})
"""The first tables of a shop, made all at once. The first alone may be of any program that is built on Django."""
TABLES = """
SELECT DISTINCT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
 WHERE relkind IN ('r', 'p', 'f') AND (nspname = 'public' OR nspname = ANY (current_schemas(false)))
   AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
 ORDER BY relname
"""
"""Those of extensions are left out: a server may bring them with every new database."""


class Cursor(Protocol):
    """What asks a database: Django's or psycopg's."""

    def execute(self, query: Any, params: Any = None, /) -> Any:  # noqa: ANN401 - each has a type of its own for it
        """Ask."""

    def fetchall(self) -> list[Any]:
        """Give the rows."""


class StrangeError(ValueError):
    """A database is another program's; the text names a table of it."""


def holds_shop(cursor: Cursor) -> bool:
    """Tell whether a database holds a shop, or nothing yet. Raises StrangeError if it is another program's."""
    cursor.execute(TABLES)
    tables = [str(name) for (name,) in cursor.fetchall()]
    if tables and not marks_shop(tables):
        raise StrangeError(min(tables, key=lambda name: (name in MARKS, name)))
    return bool(tables)


def marks_shop(tables: Collection[str]) -> bool:
    """Tell whether tables are those of a shop, of whatever version."""
    return set(tables) >= MARKS
