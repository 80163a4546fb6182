"""The policy of the sample shop: every strategy is in play, and two guarantees, one inside the other."""

POLICY = """\
# The policy of the sample shop that `backorder sample` writes.
handling_days = 1
freeze_days = 1

[promises]
keep = "always"

[rank]
keys = ["priority", "requested_on", "ordered_at"]

[ageing]
guaranteed_after_days = 60

# The first segment that matches counts; who matches none is redistributed by rank.
[[segment]]
name = "tenders"                 # under negotiation: nobody touches them
where = { customer_class = ["tender"] }
strategy = "skip"

[[segment]]
name = "unpaid"                  # they wait until they have paid
where = { customer_class = ["unpaid"] }
strategy = "lose"

[[segment]]
name = "rush"
where = { customer_class = ["contract"], priority = "<=10", requested_within_days = 3 }
strategy = "win"

[[segment]]
name = "contracts"
where = { customer_class = ["contract"] }
strategy = "gain"

[[segment]]
name = "club"
where = { customer_class = ["club"] }
strategy = "improve"

[[segment]]
name = "dealers"                 # everybody gets the same share
where = { channel = ["dealer"] }
strategy = "fair_share"

[[segment]]
name = "marketplace"             # they may keep what they have, but get no more
where = { channel = ["marketplace"] }
strategy = "fill"

[[guarantee]]
name = "own channels"
where = { channel = ["web", "shop"] }
floor = "30%"

[[guarantee]]
name = "shop counter"
where = { channel = ["shop"] }
floor = "10%"
ceiling = 25
parent = "own channels"
"""
