"""The journal: every change of facts, once, for good. It is the timeline that planners and customers read."""

from __future__ import annotations

import pgtrigger
from django.db import models


def append_only() -> list[pgtrigger.Trigger]:
    """List the triggers that let nobody change or remove a row."""
    return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


ERASES, ERASED = "person.erased", "[erased]"
"""The entry by which somebody is erased, and what stands then where something personal stood."""
ERASED_BY = "backorder.erased_by"
"""The setting of a transaction that erases somebody: the number of that entry."""


def is_erasing(*columns: str, also: str = "TRUE") -> str:
    """Ask in SQL whether an update only puts the mark, or nothing, into these columns, in a transaction that erases somebody.

    A column of JSON or an identifier among them is what `also` says of it in SQL.
    """
    kept = ", ".join(f"'{column}'" for column in columns)
    return f"""
        to_jsonb(OLD) - ARRAY[{kept}] = to_jsonb(NEW) - ARRAY[{kept}] AND ({also}) AND EXISTS (
            SELECT 1 FROM outbox_entry
            WHERE id = nullif(current_setting('{ERASED_BY}', TRUE), '')::bigint AND what = '{ERASES}'
        )"""  # noqa: S608 - names of our own columns


def is_marked(*columns: str) -> str:
    """Ask in SQL whether each of these texts stays, becomes the mark, or blank."""
    return " AND ".join(f"NEW.\"{column}\" IN (OLD.\"{column}\", '{ERASED}', '')" for column in columns)


def erasable(*columns: str, also: str = "") -> list[pgtrigger.Trigger]:
    """List the triggers that let nobody change or remove a row, but for who erases a person: see is_erasing.

    `also`: what may become of columns that are not texts; without it all of them are texts.
    """
    return [
        pgtrigger.Trigger(
            name="append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=f"""
            IF TG_OP = 'UPDATE' AND {is_erasing(*columns, also=also or is_marked(*columns))} THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'Cannot update or delete rows from % table', TG_TABLE_NAME;
            """,
        )
    ]


def written_by_triggers(*sums: str, key: tuple[str, ...]) -> pgtrigger.Trigger:
    """Let only other triggers write these columns, sums of rows elsewhere, and nobody change what they are sums of."""
    zero = " AND ".join(f"NEW.{column} = 0" for column in sums)
    gone = " AND ".join(f"OLD.{column} = 0" for column in sums)
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in sums)
    moved = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in key)
    return pgtrigger.Trigger(
        name="sums",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
        IF TG_OP = 'INSERT' THEN
            IF {zero} THEN RETURN NEW; END IF;
        ELSIF TG_OP = 'DELETE' THEN
            IF {gone} THEN RETURN OLD; END IF;
        ELSIF NOT ({moved}) AND (pg_trigger_depth() > 1 OR NOT ({changed})) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a sum is changed by its rows only' USING ERRCODE = 'check_violation', CONSTRAINT = 'sums';
        """,
    )


FACTS_ERASED = """(OLD.facts = NEW.facts OR OLD.what = 'customer.saved' OR (
    OLD.what IN ('order.blocked', 'order.unblocked') AND OLD.facts - 'reason' = NEW.facts - 'reason'
    AND NEW.facts ->> 'reason' = '[erased]'
))"""
"""Only there facts are personal: they name a customer by a code, which may be a name, or say why an order is held back."""


class Entry(models.Model):
    """One change: who, when, why, and caused by what."""

    at = models.DateTimeField(db_index=True)
    who = models.TextField()
    what = models.TextField()  # as "inbound.received"
    why = models.TextField(blank=True)
    caused_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="causes")
    facts = models.JSONField(default=dict)  # what it was and what it is, by name

    class Meta:
        triggers = erasable("why", "facts", also=f"{is_marked('why')} AND {FACTS_ERASED}")
        constraints = [
            models.CheckConstraint(condition=~models.Q(who=""), name="entry_says_who"),
            models.CheckConstraint(condition=~models.Q(what=""), name="entry_says_what"),
        ]


class Subject(models.Model):
    """A thing that an entry is about: its story is the entries with its name, newest last."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="subjects")
    kind = models.TextField()  # as "order", "item", "inbound"
    key = models.TextField()  # its number, sku or code

    class Meta:
        triggers = erasable("key", also="OLD.kind = 'customer' AND NEW.key LIKE 'erased-%'")
        constraints = [models.UniqueConstraint(fields=["kind", "key", "entry"], name="subject_once")]
