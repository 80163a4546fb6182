"""What customers think: asked once while they wait, and once when nothing is to come any more; and by reply at any time.

`rules` says when the house asks, `asking` whether an order is asked about now, `noting` keeps what was said, joined to the promise
history of its lines (`history`); `selectors` adds scores up by supplier, item, cause and theme.
"""
