"""All that is known of an order, to be handed to a bank, a court or an authority."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from backorder.care.evidence.collect import collect
from backorder.care.evidence.write import write_data, write_page
from backorder.console.access import signed_in
from backorder.orders.selectors import find_order


@require_GET
@signed_in
def download_evidence(request: HttpRequest, number: str) -> HttpResponse:
    """Give a file to download: a page, or with ?form=data the same as JSON."""
    order = find_order(number)
    if order is None:
        message = f"There is no order {number}."
        raise Http404(message)
    evidence, data = collect(order, timezone.now()), request.GET.get("form") == "data"
    text, kind, ending = (
        (write_data(evidence), "application/json", "json")
        if data
        else (write_page(evidence), "text/html", "html")
    )
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    name = f"evidence-{order.number.replace('/', '-')}.{ending}"
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response["Cache-Control"] = "no-store"
    return response
