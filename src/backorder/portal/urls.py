"""The pages of customers."""

from __future__ import annotations

from django.urls import path

from backorder.portal import feedback, views, waitlist

urlpatterns = [
    path("", views.open_door, name="portal-door"),
    path("waitlist/<str:token>", waitlist.show_wish, name="portal-wish"),
    path("waitlist/<str:token>/order", waitlist.order_kept, name="portal-wish-order"),
    path("waitlist/<str:token>/leave", waitlist.leave_list, name="portal-wish-leave"),
    path("<str:token>", views.show_order, name="portal-order"),
    path("<str:token>/wait", views.agree, name="portal-wait"),
    path("<str:token>/period", views.give_time, name="portal-period"),
    path("<str:token>/feedback", feedback.give_feedback, name="portal-feedback"),
    path("<str:token>/cancel", views.give_up, name="portal-cancel"),
]
