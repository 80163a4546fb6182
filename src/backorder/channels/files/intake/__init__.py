"""Files into the database: read, compare with what is known, say what would change, write it in one transaction.

services -> tables (schemas) -> known (references) -> catalogue, inbound, stock, orders, seeds (compare) -> the services of the apps
"""
