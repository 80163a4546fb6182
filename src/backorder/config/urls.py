"""What answers at which address."""

from __future__ import annotations

from django.urls import include, path

from backorder.api import hooks, mail_hooks
from backorder.api import urls as api
from backorder.portal.badges import show_badge

urlpatterns = [
    path("api/v1/", api.urls),
    path("hooks/stripe", hooks.hear_stripe, name="stripe-hook"),
    path("hooks/mail/<slug:provider>/<slug:kind>/", mail_hooks.hear_mail, name="mail-hook"),
    path("badge/<path:sku>", show_badge, name="badge"),
    path("o/", include("backorder.portal.urls")),
    path("", include("backorder.console.urls")),
]
handler403 = "backorder.console.views.faults.show_forbidden"
handler404 = "backorder.config.faults.show_not_found"
handler500 = "backorder.console.views.faults.show_bug"
