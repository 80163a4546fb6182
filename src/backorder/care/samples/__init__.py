"""A letter of each kind as the house would write it now, in any language, about an order that was never made.

The sentences are those of real letters: `news` are judged by the laws that hold where the house sells, and `happened` is said by what
says it of real orders. Nothing is written, and of the database only the rules of the house are read.
"""
