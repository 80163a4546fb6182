"""What laws ask of the shop by which day, for all who wait: kept as orders are looked at, and done by a person or a rule."""
