"""The rules of the house, what customers are to be told, were told, and said."""

from backorder.care.models.came import EVENTS, MailEvent, ReplyLook
from backorder.care.models.clock import DEADLINES, LAPSED, Deadline
from backorder.care.models.house import HouseVersion
from backorder.care.models.sending import RECEIPTS, Draft, Look, Lookout, Message, ReceiptDue
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
    "DEADLINES",
    "EVENTS",
    "LAPSED",
    "RECEIPTS",
    "Answer",
    "AnswerLook",
    "Deadline",
    "Draft",
    "HouseVersion",
    "Look",
    "Lookout",
    "MailEvent",
    "Message",
    "Notice",
    "NoticeFailure",
    "NoticeLine",
    "ReceiptDue",
    "ReplyLook",
    "tells_days",
]
