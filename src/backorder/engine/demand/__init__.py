"""How much will be asked for, and how sure that is.

1. `history`: what was asked of each item, period by period; what stood empty meanwhile shows less.
2. `classify`: how demand comes, by which items are compared. `seasons`: those that repeat are taken out, and put back at the end.
3. `levels`: point methods, for all items by `means`. `counts`, `windows`, `analogues`: how demand over a span scatters, by formula, by
   the item's own past, and by what came after pasts like it; `candidates` has them all.
4. `choose`: each class of items takes what would have been best in the past, cut and cut again.
5. `forecast`: the periods to come, by what was chosen.
"""

from backorder.engine.demand.candidates import POINTS, SHAPES
from backorder.engine.demand.classify import CLASSES
from backorder.engine.demand.forecast import Forecast, forecast
from backorder.engine.demand.history import History

__all__ = ["CLASSES", "POINTS", "SHAPES", "Forecast", "History", "forecast"]
