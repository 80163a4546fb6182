"""The rules of the house, what customers are to be told, were told, and said."""

from backorder.care.models.house import HouseVersion
from backorder.care.models.sending import Draft, Look, Lookout, Message, Stop
from backorder.care.models.told import CHANNELS, Answer, AnswerLook, Notice, NoticeFailure, NoticeLine

__all__ = [
    "CHANNELS",
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
    "Stop",
]
