"""When purchased goods arrive, learned from what each supplier really did."""

from backorder.engine.arrival.lateness import Purchases, predict

__all__ = ["Purchases", "predict"]
