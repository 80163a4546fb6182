"""Items, places, suppliers, and what ties them. Money is in minor units of the item's currency."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

NO_CIRCLE = """
IF EXISTS (
    WITH RECURSIVE above AS (
        SELECT NEW.{upper} AS id
        UNION SELECT t.{upper} FROM {table} t JOIN above ON t.{lower} = above.id
    )
    SELECT 1 FROM above WHERE id = NEW.{lower}
) THEN
    RAISE EXCEPTION '{text}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
END IF;
RETURN NEW;
"""


CURRENCY_STAYS = """
IF EXISTS (SELECT 1 FROM orders_line WHERE item_id = OLD.id AND unit_price > 0) THEN
    RAISE EXCEPTION '% was sold in %: its currency stays', OLD.sku, OLD.currency
        USING ERRCODE = 'check_violation', CONSTRAINT = 'item_currency_stays';
END IF;
RETURN NEW;
"""
"""The prices of lines are in the currency of their item. Who orders holds the item, so that no line comes between."""


def no_circle(name: str, table: str, lower: str, upper: str, text: str) -> pgtrigger.Trigger:
    """Refuse a row with which following `upper` from `lower` would come back."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=NO_CIRCLE.format(name=name, table=table, lower=lower, upper=upper, text=text),
    )


class Location(models.Model):
    """A place that holds stock; it serves lines of its parents too."""

    code = models.TextField(unique=True)
    name = models.TextField(blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    rank = models.IntegerField(null=True, blank=True)  # lower is used first; those without a rank last
    releases_at_once = models.BooleanField(
        default=True, db_default=True
    )  # a receipt for waiting lines goes straight onto a pick list

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="location_has_a_code")]
        triggers = [
            no_circle(
                "location_no_circle", "catalog_location", "id", "parent_id", "a location is inside itself"
            )
        ]


class CustomerClass(models.Model):
    """A kind of customer that rules speak of, as "contract"."""

    code = models.TextField(unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="customer_class_has_a_code")]


class Channel(models.Model):
    """Where orders come from, as "shop" or "marketplace"."""

    code = models.TextField(unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="channel_has_a_code")]


class Supplier(models.Model):
    """Who delivers."""

    code = models.TextField(unique=True)
    name = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="supplier_has_a_code")]


class Item(models.Model):
    """What is sold."""

    sku = models.TextField(unique=True)
    name = models.TextField(blank=True)
    price = models.BigIntegerField(default=0)  # minor units
    currency = models.CharField(max_length=3, default="EUR")  # stays once it was sold at a price
    pack_size = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(sku=""), name="item_has_a_sku"),
            models.CheckConstraint(condition=Q(price__gte=0), name="item_price_from_0"),
            models.CheckConstraint(condition=Q(pack_size__gte=1), name="item_pack_size_from_1"),
        ]
        indexes = [GinIndex(SearchVector("name", config="simple"), name="item_words")]
        triggers = [
            pgtrigger.Trigger(
                name="item_currency_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.currency IS DISTINCT FROM NEW.currency"),
                func=CURRENCY_STAYS,
            )
        ]


class Component(models.Model):
    """So many units of an item in one kit."""

    kit = models.ForeignKey(Item, models.PROTECT, related_name="components")
    item = models.ForeignKey(Item, models.PROTECT, related_name="kits")
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kit", "item"], name="component_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="component_quantity_from_1"),
        ]
        triggers = [
            no_circle(
                "component_no_circle", "catalog_component", "kit_id", "item_id", "a kit contains itself"
            )
        ]


class Substitute(models.Model):
    """What can be offered in the place of an item; nothing is substituted without a yes."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="substitutes")
    substitute = models.ForeignKey(Item, models.PROTECT, related_name="stands_in_for")
    kind = models.TextField()
    ratio = models.BigIntegerField(
        default=1_000_000
    )  # units of the substitute for one of the item, in millionths

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "substitute", "kind"], name="substitute_once"),
            models.CheckConstraint(condition=Q(ratio__gte=1), name="substitute_ratio_above_0"),
        ]


class ClosedDay(models.Model):
    """A day on which a location, or without one all, ships nothing."""

    closed_on = models.DateField()
    location = models.ForeignKey(Location, models.CASCADE, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["closed_on", "location"], name="closed_day_once"),
            models.UniqueConstraint(
                fields=["closed_on"], condition=Q(location=None), name="closed_day_of_all_once"
            ),
        ]


class Acceptance(models.Model):
    """How much beyond what is on hand may be ordered of an item, by channel and class; blank stands for every one."""

    NONE, CAPPED, INBOUND_ONLY, OPEN = "none", "capped", "inbound_only", "open"
    RULES = (NONE, CAPPED, INBOUND_ONLY, OPEN)

    item = models.ForeignKey(Item, models.CASCADE, null=True, blank=True)
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, blank=True)
    customer_class = models.ForeignKey(CustomerClass, models.CASCADE, null=True, blank=True)
    rule = models.TextField()
    cap = models.BigIntegerField(null=True, blank=True)  # units beyond what is on hand
    horizon_days = models.IntegerField(null=True, blank=True)  # of inbound that counts
    longest_wait_days = models.IntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rule__in=("none", "capped", "inbound_only", "open")), name="acceptance_rule"
            ),
            models.CheckConstraint(
                condition=Q(rule="capped", cap__isnull=False, cap__gte=0) | ~Q(rule="capped") & Q(cap=None),
                name="acceptance_cap",
            ),
            models.CheckConstraint(
                condition=Q(rule="inbound_only", horizon_days__isnull=False, horizon_days__gte=0)
                | ~Q(rule="inbound_only") & Q(horizon_days=None),
                name="acceptance_horizon",
            ),
            models.CheckConstraint(
                condition=Q(longest_wait_days=None) | Q(longest_wait_days__gte=0), name="acceptance_wait"
            ),
            models.UniqueConstraint(
                Coalesce("item", 0),
                Coalesce("channel", 0),
                Coalesce("customer_class", 0),
                name="acceptance_once",
            ),
        ]
