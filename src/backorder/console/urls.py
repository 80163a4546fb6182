"""The pages of the console."""

from __future__ import annotations

from django.urls import path

from backorder.console.views import design, health, inbound, orders, queue, sign_in, start, stock, theme

urlpatterns = [
    path("", start.show_start, name="start"),
    path("health", health.show_health, name="health"),
    path("sign-in", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out", sign_in.SignOut.as_view(), name="sign-out"),
    path("theme", theme.choose_theme, name="theme"),
    path("design", design.show_design, name="design"),
    path("queue", queue.show_queue, name="queue"),
    path("queue/totals", queue.show_totals, name="queue-totals"),
    path("queue.csv", queue.download_queue, name="queue-file"),
    path("queue/views", queue.keep_view, name="views"),
    path("queue/views/<int:view>/drop", queue.drop_view, name="view-drop"),
    path("orders/<path:number>", orders.show_order, name="order"),
    path("lines/<int:line>/cancel", orders.cancel_units, name="line-cancel"),
    path("inbound", inbound.show_inbound_list, name="inbound"),
    path("inbound/<path:number>", inbound.show_inbound, name="inbound-order"),
    path("inbound-lines/<int:line>/<slug:what>", inbound.change_inbound, name="inbound-change"),
    path("stock", stock.show_stock, name="stock"),
    path("stock/<slug:what>", stock.change_stock, name="stock-change"),
    path("items/<path:sku>", stock.show_item, name="item"),
]
