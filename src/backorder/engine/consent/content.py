"""What a message to a buyer can say: the elements that packs ask for, and by which a message is checked."""

from __future__ import annotations

CONTENT = {
    "day_or_none": "the new day, or that there is none",
    "specific_delay": "the delay as a day or a number of days",
    "right_to_cancel": "that the buyer may cancel and get all the money back at once",
    "free_answer": "a way to answer that costs nothing",
    "silence_consents": "that who says nothing agrees to wait until the new day",
    "silence_cancels": "that it is cancelled and paid back unless the buyer agrees by a day that is named",
    "reason": "why it is late",
    "open_wait": "that who agrees to wait without a day may still cancel at any time until it ships",
    "may_set_period": "that the buyer may set a further period, and end the contract if that is missed too",
    "service_only": "nothing that promotes anything",
}
