"""The pages of the console."""

from __future__ import annotations

from django.urls import path

from backorder.console.views import design, health, sign_in, start, theme

urlpatterns = [
    path("", start.show_start, name="start"),
    path("health", health.show_health, name="health"),
    path("sign-in", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out", sign_in.SignOut.as_view(), name="sign-out"),
    path("theme", theme.choose_theme, name="theme"),
    path("design", design.show_design, name="design"),
]
