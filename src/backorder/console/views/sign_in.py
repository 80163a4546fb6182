"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.utils import timezone

from backorder.accounts.places import find_address
from backorder.accounts.selectors import find_opening, has_users
from backorder.accounts.services import note_failure


class SignInForm(AuthenticationForm):
    """Name and password; too many wrong ones close the door for a while."""

    username = UsernameField(label="Name", widget=forms.TextInput(attrs={"autofocus": True}))

    error_messages = {  # noqa: RUF012 - Django reads it and never changes it
        "invalid_login": "Name and password do not belong together. Both are told apart by upper and lower case.",
        "inactive": "This user may no longer sign in.",
    }

    def clean(self) -> dict[str, Any]:
        """Refuse whoever tried too often, and remember who fails."""
        assert self.request is not None
        name, address = self.cleaned_data.get("username", ""), find_address(self.request)
        now = timezone.now()
        if opening := find_opening(name, address, now):
            at = timezone.localtime(opening)
            message = f"Too many wrong passwords. Try again after {at:%H:%M}."
            raise ValidationError(message)
        try:
            return super().clean()
        except ValidationError:
            note_failure(name, address, now)
            raise


class SignIn(LoginView):
    """The page to sign in; leads back to where one wanted to go."""

    template_name = "console/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the form gives
        """Say how the first user is added; once there is one, strangers read nothing of the machine."""
        told = (
            {} if has_users() else {"add_user": settings.ADD_USER, "names_data": settings.ADD_USER_NAMES_DATA}
        )
        return super().get_context_data(**more) | told


class SignOut(LogoutView):
    """Ends the session."""
