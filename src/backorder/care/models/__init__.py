"""The rules of the house, what customers are to be told, were told, and said."""

from backorder.care.models.house import HouseVersion
from backorder.care.models.sending import RECEIPTS, Draft, Look, Lookout, Message, ReceiptDue, Stop
from backorder.care.models.told import (
    CHANNELS,
    Answer,
    AnswerLook,
    Notice,
    NoticeFailure,
    NoticeLine,
    tells_days,
)

__all__ = [
    "CHANNELS",
    "RECEIPTS",
    "Answer",
    "AnswerLook",
    "Draft",
    "HouseVersion",
    "Look",
    "Lookout",
    "Message",
    "Notice",
    "NoticeFailure",
    "NoticeLine",
    "ReceiptDue",
    "Stop",
    "tells_days",
]
