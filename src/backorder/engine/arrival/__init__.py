"""When purchased goods arrive, learned from what each supplier really did.

`predict` -> `habits` (how much of a quote is kept, and how soon the past counts less: chosen by backtest) -> `curves`
(kernels).
"""

from backorder.engine.arrival.predict import Purchases, predict

__all__ = ["Purchases", "predict"]
