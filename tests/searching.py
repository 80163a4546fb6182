"""How long property tests search where each example writes into a database, which takes a hundred times as long."""

from hypothesis import settings

IN_DATABASE = settings(max_examples=max(settings().max_examples // 10, 5))
