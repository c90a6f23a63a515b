"""New accounts: they may do what « Publication » may, and their users choose their passwords themselves."""

from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.forms import ModelForm
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

from .forgotten import can_mail, welcome


class OwnNameMixin:
    def clean(self) -> dict:
        """Refuses the name or the address of somebody else: the login, and a link to choose a password, could not tell the two apart."""
        list(Group.objects.select_for_update())  # one account at a time: each form asks for the names before it
        cleaned, others = super().clean(), get_user_model().objects.exclude(pk=self.instance.pk)
        for name in ("username", "email"):
            value = cleaned.get(name)
            if value and others.filter(Q(username__iexact=value) | Q(email__iexact=value)).exists():
                self.add_error(name, "Un autre compte a ce nom ou cette adresse.")
        return cleaned


class AccountEditForm(OwnNameMixin, UserEditForm):
    pass


class AccountCreationForm(OwnNameMixin, UserCreationForm):
    @property
    def password_required(self) -> bool:
        return not can_mail()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].initial = Group.objects.filter(name="Publication")
        if can_mail():
            self.fields["password1"].help_text = "Si vous laissez vide, la personne reçoit un mail avec un lien pour choisir le sien."

    def save(self, commit: bool = True) -> AbstractBaseUser:
        if self.cleaned_data["password1"]:
            return super().save(commit)
        self.instance.set_unusable_password()
        user = super().save(commit)
        welcome(user)
        return user


class AccountViewSet(UserViewSet):
    def construct_view(self, *args, **kwargs) -> Callable:
        """Returns Wagtail's view in one transaction, for the lock of `OwnNameMixin`."""
        return transaction.atomic(super().construct_view(*args, **kwargs))

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        return AccountEditForm if for_update else AccountCreationForm
