"""The page of an order for whoever waits for it: how it stands, why, what comes next, and what one can choose. A GET never acts."""
