"""What customers want otherwise."""

from __future__ import annotations

from django import forms

from backorder.console.forms.fields import CodeField, ask_day, ask_place, ask_units, ask_why

STORY = "Stands in the story of the order."
SHIP_POLICIES = [
    ("as_ready", "each line as soon as it can"),
    ("line_complete", "each line as a whole"),
    ("complete", "all lines together"),
]
COMMITMENTS = [
    ("soft", "move as its rank says"),
    ("reserved", "are kept, and it may gain others"),
    ("firm", "stay its own while they are there"),
    ("locked", "are picked: they stay its own"),
    ("on_hand_only", "are only those on hand"),
]
WHO_CANCELS = [("buyer", "the customer"), ("seller", "we do: it will never be sent")]
PAYMENTS = [
    ("not_needed", "not needed before it ships"),
    ("unpaid", "not paid"),
    ("chargeable", "can be charged when it ships"),
    ("paid", "paid"),
]
CONSENTS = [
    ("not_needed", "need not be asked"),
    ("waiting", "was asked to wait longer, and has not answered"),
    ("given", "agreed to wait longer"),
]
LEAST, MOST = -(2**31), 2**31 - 1
LONGEST = 200


def ask_who_cancels() -> forms.ChoiceField:
    """Ask who cancels."""
    return forms.ChoiceField(
        label="Who cancels",
        choices=WHO_CANCELS,
        initial="buyer",
        help_text="It stands with the cancellation for good: the law has a rule of its own for each.",
    )


class CancelForm(forms.Form):
    """Units of a line that a customer no longer wants, or that will never be sent."""

    quantity = ask_units("Units to cancel")
    by = ask_who_cancels()
    why = ask_why(help_text=STORY)


class LineForm(forms.Form):
    """What a customer may want of a line."""

    quantity = ask_units("Units wanted")
    requested_on = ask_day("Wanted on")
    needed_by = ask_day("Of no use after", required=False, help_text="Blank: it is always of use.")
    ship_set = forms.CharField(
        label="Ships in set",
        max_length=LONGEST,
        required=False,
        help_text="Open lines of one set leave together, all at once. Blank: the line leaves for itself.",
    )
    minimum_quantity = ask_units(
        "Smallest shipment", help_text="Fewer units of the line never leave at once; the last ones neither."
    )
    location = ask_place("Comes from", anywhere="wherever it is")
    commitment = forms.ChoiceField(label="Units it is given", choices=COMMITMENTS)
    why = ask_why(help_text=STORY)


class AmendLineForm(LineForm):
    """A line that a customer wants otherwise."""

    quantity = ask_units("Units wanted", help_text="In all, those that have shipped included.")


class AddLineForm(LineForm):
    """One more line of an order."""

    sku = forms.CharField(label="Item", max_length=LONGEST)
    field_order = ("sku",)


class AmendOrderForm(forms.Form):
    """How an order ships, and how early it is served."""

    priority = forms.IntegerField(
        label="Priority", min_value=LEAST, max_value=MOST, help_text="Lower is served first; most have 100."
    )
    ship_policy = forms.ChoiceField(label="Ships", choices=SHIP_POLICIES)
    most_shipments = ask_units(
        "Shipments at most",
        required=False,
        help_text="The last one takes all that is open. Blank: as many as need be.",
    )
    why = ask_why(help_text=STORY)


class CancelOrderForm(forms.Form):
    """Who no longer wants what is open, and why."""

    by = ask_who_cancels()
    why = ask_why(help_text=STORY)


class ConfirmForm(forms.Form):
    """What was kept for a customer is ordered."""

    why = ask_why(help_text=STORY)


class PaymentForm(forms.Form):
    """How far an order is paid."""

    state = forms.ChoiceField(
        label="Payment",
        choices=PAYMENTS,
        help_text="An order that is not paid keeps its units, and does not leave.",
    )
    why = ask_why(help_text=STORY)


class ConsentForm(forms.Form):
    """Whether a customer agreed to wait longer."""

    state = forms.ChoiceField(
        label="The customer",
        choices=CONSENTS,
        help_text="Until an answer has come the line keeps its units, and does not leave.",
    )
    why = ask_why(help_text=STORY)


class AddressForm(forms.Form):
    """Where an order goes."""

    name = forms.CharField(label="Name", max_length=LONGEST)
    street = forms.CharField(label="Street and number", max_length=LONGEST)
    postcode = forms.CharField(label="Postcode", max_length=20, required=False)
    city = forms.CharField(label="City", max_length=LONGEST)
    region = CodeField(
        label="State or province",
        max_length=3,
        required=False,
        help_text="Its code, as CA. Some have a law of their own on late orders. Blank: none.",
    )
    country = CodeField(label="Country", max_length=2, help_text="Two letters, as DE.")
    why = ask_why(help_text="Stands in the story of the order. The story does not repeat the address.")
