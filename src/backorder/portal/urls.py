"""The pages of customers."""

from __future__ import annotations

from django.urls import path

from backorder.portal import calling, changing, feedback, taking, views, waitlist

urlpatterns = [
    path("", views.open_door, name="portal-door"),
    path("waitlist/<str:token>", waitlist.show_wish, name="portal-wish"),
    path("waitlist/<str:token>/order", waitlist.order_kept, name="portal-wish-order"),
    path("waitlist/<str:token>/leave", waitlist.leave_list, name="portal-wish-leave"),
    path("<str:token>.json", views.show_order, name="portal-record"),
    path("<str:token>", views.show_order, name="portal-order"),
    path("<str:token>/wait", views.agree, name="portal-wait"),
    path("<str:token>/period", views.give_time, name="portal-period"),
    path("<str:token>/feedback", feedback.give_feedback, name="portal-feedback"),
    path("<str:token>/cancel", views.give_up, name="portal-cancel"),
    path("<str:token>/ready", changing.send_ready, name="portal-ready"),
    path("<str:token>/address", changing.go_elsewhere, name="portal-address"),
    path("<str:token>/last-day", changing.name_last_day, name="portal-last-day"),
    path("<str:token>/call", calling.want_call, name="portal-call"),
    path("<str:token>/no-call", calling.want_no_call, name="portal-no-call"),
    path("<str:token>/texts", calling.want_texts, name="portal-texts"),
    path("<str:token>/no-texts", calling.want_no_texts, name="portal-no-texts"),
    path("<str:token>/take", taking.take_offer, name="portal-take"),
    path("<str:token>/no-thanks", taking.decline_offer, name="portal-no-thanks"),
    path("<str:token>/undo", calling.undo, name="portal-undo"),
]
