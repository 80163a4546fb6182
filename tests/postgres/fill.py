"""Fill the database of DATABASE_URL with a shop that has had a busy day: `python -m tests.postgres.fill`."""

import os

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "backorder.config.settings"
    django.setup()
    from django.core.management import call_command

    from backorder.catalog.models import Component
    from tests.allocation.shop import buy, drop, find_stock, order_in, slip, stock, take_in
    from tests.supply.shop import item

    call_command("migrate", verbosity=0)
    Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=2)
    stock("LAMP", 30)
    stock("BULB", 40)
    stock("Größe\t\\N 東京", 5)
    coming = order_in("LAMP", 60, "PO-1")
    for number in range(20):
        buy(f"A-{number}", ("LAMP", 3), ("SET", 1), ("Größe\t\\N 東京", 1))
    drop("A-3", 1)
    take_in(coming, 20)
    slip(coming, 30)
    find_stock("BULB", 38)
