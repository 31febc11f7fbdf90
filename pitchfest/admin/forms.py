"""The shape of what administrators and the help desk type."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from wtforms import SelectField

from pitchfest.accounts.forms import EmailField, whole_address
from pitchfest.kernel.actor import ROLE_NAMES, Role
from pitchfest.web.forms import AtMost, DayField, Form, LineField, Needed


class RoleForm(Form):
    """A role to give, of those not `held` already."""

    role = SelectField("Role", [Needed("Choose a role")])

    def __init__(self, *args: Any, held: Collection[Role] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [
            ("", "Choose a role"),
            *((role.value, name) for role, name in ROLE_NAMES.items() if role not in held),
        ]


class StandInForm(Form):
    """Who holds which role of a person who is away, and on which days.

    `roles` are the person's own; `colleagues` are (id, name) of those who may stand in.
    """

    stand_in_role = SelectField("Role", [Needed("Choose a role")])
    who = SelectField("Who stands in", [Needed("Choose who stands in")])
    first_day = DayField("First day", [Needed("Enter the first day")])
    last_day = DayField("Last day", [Needed("Enter the last day")])

    def __init__(
        self,
        *args: Any,
        roles: Collection[Role] = (),
        colleagues: Collection[tuple[int, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.stand_in_role.choices = [
            ("", "Choose a role"),
            *((role.value, name) for role, name in ROLE_NAMES.items() if role in roles),
        ]
        self.who.choices = [("", "Choose a colleague"), *((str(i), name) for i, name in colleagues)]


class InviteForm(RoleForm):
    name = LineField("Their name", [Needed("Enter the person’s name"), AtMost(120)])
    email = EmailField("Their email address", [AtMost(300), whole_address])


class CodeForm(Form):
    code = LineField(
        "The code that they read out", [Needed("Enter the code"), AtMost(40)], description="Like 7K2Q M4XR."
    )
