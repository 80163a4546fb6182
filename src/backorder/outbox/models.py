"""The journal: every change of facts, once, for good. It is the timeline that planners and customers read."""

from __future__ import annotations

import pgtrigger
from django.db import models


def append_only() -> list[pgtrigger.Trigger]:
    """List the triggers that let nobody change or remove a row."""
    return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


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


class Entry(models.Model):
    """One change: who, when, why, and caused by what."""

    at = models.DateTimeField(db_index=True)
    who = models.TextField()
    what = models.TextField()  # as "inbound.received"
    why = models.TextField(blank=True)
    caused_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="causes")
    facts = models.JSONField(default=dict)  # what it was and what it is, by name

    class Meta:
        triggers = append_only()
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
        triggers = append_only()
        constraints = [models.UniqueConstraint(fields=["kind", "key", "entry"], name="subject_once")]
