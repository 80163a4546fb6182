"""What the scripts share: facts made by seed, and a clock that runs both sides in turn."""
