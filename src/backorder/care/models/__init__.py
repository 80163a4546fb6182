"""The rules of the house, what customers are to be told, were told, and said, and who waits to hear that units are free."""

from backorder.care.models.callbacks import PARTS, Callback
from backorder.care.models.came import EVENTS, MailEvent, ReplyLook
from backorder.care.models.clock import DEADLINES, LAPSED, Deadline
from backorder.care.models.copies import TEXT, WEBHOOK, Copy, TextWish
from backorder.care.models.feedback import MOMENTS, MOST_WORDS, Feedback, FeedbackLine
from backorder.care.models.house import HouseVersion
from backorder.care.models.incentives import CONTROL, GIVEN, Thanks
from backorder.care.models.offers import OFFER_ENDS, OUTSIDE_KINDS, Offer, OfferPlace, OutsideOffer
from backorder.care.models.sending import (
    INVITED,
    OFFERED,
    RECEIPTS,
    Draft,
    Look,
    Lookout,
    Message,
    ReceiptDue,
)
from backorder.care.models.told import (
    CHANNELS,
    Answer,
    AnswerLook,
    Notice,
    NoticeFailure,
    NoticeLine,
    tells_days,
)
from backorder.care.models.waitlist import Invitation, Wish

__all__ = [
    "CHANNELS",
    "CONTROL",
    "DEADLINES",
    "EVENTS",
    "GIVEN",
    "INVITED",
    "LAPSED",
    "MOMENTS",
    "MOST_WORDS",
    "OFFERED",
    "OFFER_ENDS",
    "OUTSIDE_KINDS",
    "PARTS",
    "RECEIPTS",
    "TEXT",
    "WEBHOOK",
    "Answer",
    "AnswerLook",
    "Callback",
    "Copy",
    "Deadline",
    "Draft",
    "Feedback",
    "FeedbackLine",
    "HouseVersion",
    "Invitation",
    "Look",
    "Lookout",
    "MailEvent",
    "Message",
    "Notice",
    "NoticeFailure",
    "NoticeLine",
    "Offer",
    "OfferPlace",
    "OutsideOffer",
    "ReceiptDue",
    "ReplyLook",
    "TextWish",
    "Thanks",
    "Wish",
    "tells_days",
]
