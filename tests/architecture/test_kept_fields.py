"""No password that somebody typed is kept with a form that could not be saved, or shown again."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

from wtforms import PasswordField
from wtforms.fields.core import UnboundField

import pitchfest
from pitchfest.web.forms import Form
from pitchfest.web.kept import may_be_kept


def form_classes() -> set[type[Form]]:
    for module in pkgutil.walk_packages(pitchfest.__path__, "pitchfest."):
        importlib.import_module(module.name)
    return set(_below(Form))


def _below(form: type[Form]) -> Iterator[type[Form]]:
    yield form
    for child in form.__subclasses__():
        yield from _below(child)


def test_no_field_for_a_password_may_be_kept() -> None:
    secret = {
        (form.__name__, name)
        for form in form_classes()
        for name, field in inspect.getmembers(form)
        if isinstance(field, UnboundField) and issubclass(field.field_class, PasswordField)
    }
    assert ("ChangePasswordForm", "password") in secret
    assert [found for found in sorted(secret) if may_be_kept(found[1])] == []
