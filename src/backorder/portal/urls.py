"""The pages of customers."""

from __future__ import annotations

from django.urls import path

from backorder.portal import views

urlpatterns = [
    path("", views.open_door, name="portal-door"),
    path("<str:token>", views.show_order, name="portal-order"),
    path("<str:token>/wait", views.agree, name="portal-wait"),
    path("<str:token>/period", views.give_time, name="portal-period"),
    path("<str:token>/cancel", views.give_up, name="portal-cancel"),
]
