"""Messages by other ways than mail: texts to who agreed, and events to a program of the shop.

`text_wishes` are who agreed, `rules` say what goes by which way, `noting` finds in the journal what is to go, `carrying` claims each
copy and hands it to `texting` or `webhook`, once. `selectors` reads what became of them.
"""
