"""What answers at which address."""

from __future__ import annotations

from django.urls import path

from backorder.api import urls as api

urlpatterns = [path("api/v1/", api.urls)]
