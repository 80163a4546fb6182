"""What customers are to be told, and how it gets to them.

A draft is the difference between what a customer was told last and what is planned now (`due`). It is kept by looking at the
orders that the journal says were touched, and at all who wait when a day begins (`lookout`). Somebody, or a rule of the house
(`alone`), lets it go: then it is written, and is a message (`messages`), which a mail server takes once (`sending`).

What happened (`happened`) is put into writing at once, and tells no news (`receipts`).
"""
