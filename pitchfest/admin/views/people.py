"""People: who there is, their roles, and inviting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations, queries
from pitchfest.accounts.rules import INVITATION_NAMES, ActKind, Permission
from pitchfest.admin.forms import InviteForm, ResetTwoStepForm, RoleForm, StandInForm
from pitchfest.admin.rules import Permission as AdminPermission
from pitchfest.admin.views.blueprint import bp
from pitchfest.db import transaction
from pitchfest.kernel.actor import ROLE_NAMES, WEIGHTY_ROLES, Actor, Role
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.tabular import to_csv, to_xlsx
from pitchfest.kernel.text import join_words, tidy_line
from pitchfest.mail import queries as mail
from pitchfest.mail.rules import Delivery
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.pagination import PAGE_SIZE, Page, asked_page
from pitchfest.web.requests import now, started


@bp.get("/admin")
@requires(AdminPermission.ENTER)
def index() -> ResponseReturnValue:
    return redirect(url_for("admin.people"))


@bp.get("/admin/people")
@requires(Permission.PEOPLE)
def people() -> ResponseReturnValue:
    search, number = tidy_line(request.args.get("search", ""))[:100], asked_page()
    rows, total = queries.people_page(search=search, number=number, size=PAGE_SIZE)
    return render_template(
        "admin/people.html",
        people=rows,
        page=Page(number, total),
        search=search,
        role_names=ROLE_NAMES,
        waiting={
            act.payload.get("for", act.payload["person"])
            for act in queries.open_acts(ActKind.GRANT_ROLE, ActKind.RESET_TWO_STEP)
        },
    )


@bp.route("/admin/people/invite", methods=["GET", "POST"])
@requires(Permission.PEOPLE)
def invite() -> ResponseReturnValue:
    """Asks for proof first, since some roles need it and nothing typed should be lost."""
    operations.require_proof(the_actor(), now())
    form = InviteForm()
    if form.validate_on_submit():
        with saving(form) as saved:
            person_id = operations.invite_staff(
                the_actor(), name=form.name.data, email=form.email.data, role=Role(form.role.data), now=now()
            )
            saved.redirect = url_for("admin.person", person_id=person_id)
        if saved:
            flash(f"We have invited {form.name.data}.", "success")
            return redirect(saved.redirect)
    return render_template(
        "admin/invite.html", form=form, page_errors=bool(form.errors), weighty=_weighty()
    ), (422 if form.errors else 200)


@bp.get("/admin/people/<int:person_id>")
@requires(Permission.PEOPLE)
def person(person_id: int) -> ResponseReturnValue:
    return person_page(person_id)


@bp.post("/admin/people/<int:person_id>/grant")
@requires(Permission.PEOPLE)
def grant(person_id: int) -> ResponseReturnValue:
    form, then = RoleForm(), url_for("admin.person", person_id=person_id)
    if form.validate_on_submit():
        role = Role(form.role.data)
        with saving(form, then=then) as saved:
            given = operations.grant_role(the_actor(), person_id=person_id, role=role, now=now())
        if saved:
            name = ROLE_NAMES[role]
            flash(
                f"They have the role “{name}” now."
                if given
                else f"Another administrator has to say yes before they have the role “{name}”.",
                "success",
            )
            return redirect(then)
    return person_page(person_id, form)


def _end(actor: Actor, person_id: int, role: Role, at: datetime) -> None:
    operations.end_role(actor, person_id=person_id, role=role, now=at)


def _confirm(actor: Actor, person_id: int, role: Role, at: datetime) -> None:
    operations.confirm_grant(actor, person_id=person_id, role=role, now=at)


def _take_back(actor: Actor, person_id: int, role: Role, at: datetime) -> None:
    operations.take_back(
        actor, kind=ActKind.GRANT_ROLE, object=operations.grant_object(person_id, role), now=at
    )


#: Button → what it does, and what is said afterwards.
_ROLE_ACTS: dict[str, tuple[Callable[[Actor, int, Role, datetime], None], str]] = {
    "end": (_end, "They do not have the role “{}” any more."),
    "confirm": (_confirm, "They have the role “{}” now."),
    "take-back": (_take_back, "The role “{}” is not proposed any more."),
}


@bp.post("/admin/people/<int:person_id>/roles/<any(end,confirm,'take-back'):act>/<role>")
@requires(Permission.PEOPLE)
def change_role(person_id: int, act: str, role: str) -> ResponseReturnValue:
    """One of the buttons beside a role, or beside one that waits for a second person."""
    if role not in list(Role):
        raise NotFound
    do, said = _ROLE_ACTS[act]
    then = url_for("admin.person", person_id=person_id)
    with transaction(started()) as write:
        do(the_actor(), person_id, Role(role), now())
        write.redirect = then
    flash(said.format(ROLE_NAMES[Role(role)]), "success")
    return redirect(then)


@bp.post("/admin/people/<int:person_id>/disable")
@requires(Permission.PEOPLE)
def disable(person_id: int) -> ResponseReturnValue:
    then = url_for("admin.person", person_id=person_id)
    with transaction(started()) as write:
        operations.disable_person(the_actor(), person_id=person_id, now=now())
        write.redirect = then
    flash("Their account is disabled. They are signed out everywhere.", "success")
    return redirect(then)


@bp.post("/admin/people/<int:person_id>/enable")
@requires(Permission.PEOPLE)
def enable(person_id: int) -> ResponseReturnValue:
    then = url_for("admin.person", person_id=person_id)
    with transaction(started()) as write:
        operations.enable_person(the_actor(), person_id=person_id, now=now())
        write.redirect = then
    flash("Their account can be used again.", "success")
    return redirect(then)


@bp.post("/admin/people/<int:person_id>/invitations/<int:invitation_id>/link")
@requires(Permission.PEOPLE)
def hand_over(person_id: int, invitation_id: int) -> ResponseReturnValue:
    """Shown once, in the answer to the button: the page's address does not lead to it again."""
    with transaction(started()) as write:
        link = operations.hand_over_link(the_actor(), invitation_id=invitation_id, now=now())
        write.redirect = url_for("admin.person", person_id=person_id)
    return render_template(
        "admin/link.html",
        person=queries.person_page(person_id).person,
        link=current_app.config["PITCHFEST_URL"] + link,
    )


@bp.post("/admin/people/<int:person_id>/invitations/<int:invitation_id>/again")
@requires(Permission.PEOPLE)
def invite_again(person_id: int, invitation_id: int) -> ResponseReturnValue:
    then = url_for("admin.person", person_id=person_id)
    with transaction(started()) as write:
        sent = operations.invite_staff_again(the_actor(), invitation_id=invitation_id, now=now())
        write.redirect = then
    flash("The invitation goes out again." if sent else "It went out today already. Try again tomorrow.")
    return redirect(then)


@bp.post("/admin/people/<int:person_id>/invitations/<int:invitation_id>/withdraw")
@requires(Permission.PEOPLE)
def withdraw(person_id: int, invitation_id: int) -> ResponseReturnValue:
    then = url_for("admin.person", person_id=person_id)
    with transaction(started()) as write:
        operations.withdraw_invitation(the_actor(), invitation_id=invitation_id, now=now())
        write.redirect = then
    flash("The invitation is taken back. Its link does not work any more.", "success")
    return redirect(then)


@bp.get("/admin/people.<any(csv,xlsx):kind>")
@requires(Permission.PEOPLE)
def people_file(kind: str) -> ResponseReturnValue:
    """The whole list, with what the page shows."""
    headers = ["Name", "Email address", "Roles", "Organisations", "Account", "Two-step sign-in"]
    rows = [
        [
            row.name,
            row.email,
            ", ".join(ROLE_NAMES[role] for role in row.roles),
            ", ".join(row.organisations),
            row.state,
            "On" if row.two_step else "",
        ]
        for row in queries.everyone()
    ]
    made: str | bytes = to_csv(headers, rows) if kind == "csv" else to_xlsx(headers, rows)
    return Response(
        made,
        content_type=_FILE_TYPES[kind],
        headers={"Content-Disposition": f"attachment; filename=people.{kind}"},
    )


_FILE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def stand_in_form(person_id: int, **kwargs: Any) -> StandInForm:
    """The form for who stands in for a person: with their roles, and whoever else works here and lacks at
    least one of these. Nobody names themselves.
    """
    roles, moment = queries.lasting_roles(person_id), now()
    holders = [{p.id for p in queries.staff(role, now=moment)} for role in roles]
    have_all = set.intersection(*holders) if holders else set()
    left_out = have_all | {person_id, the_actor().person_id}
    return StandInForm(
        **kwargs,
        roles=roles,
        colleagues=[(p.id, p.name) for p in queries.staff(now=moment) if p.id not in left_out],
    )


def person_page(
    person_id: int,
    form: RoleForm | None = None,
    standing: StandInForm | None = None,
    reset: ResetTwoStepForm | None = None,
) -> ResponseReturnValue:
    """The page of a person, with one of the forms perhaps as it was sent."""
    found = queries.person_page(person_id)
    form = form or RoleForm(formdata=None, held={grant.role for grant in found.grants})
    standing = standing or stand_in_form(person_id, formdata=None)
    delivered = {m.ids["invitation"]: m.state for m in mail.to_person(person_id) if m.kind == "invitation"}
    proposed = [
        act
        for act in queries.open_acts(ActKind.GRANT_ROLE)
        if act.payload.get("for", act.payload["person"]) == person_id
    ]
    reset = reset or ResetTwoStepForm(formdata=None)
    wrong = bool(form.errors or standing.errors or reset.errors)
    page = render_template(
        "admin/person.html",
        found=found,
        form=form,
        standing=standing,
        reset=reset,
        reset_act=queries.open_act(ActKind.RESET_TWO_STEP, queries.two_step_object(person_id)),
        role_names=ROLE_NAMES,
        weighty=_weighty(),
        waiting=[act for act in proposed if "for" not in act.payload],
        proposed=[(act, *_days(act)) for act in proposed if "for" in act.payload],
        names=queries.person_names(act.payload["person"] for act in proposed),
        stand_ins=[(row, row.when(now())) for row in queries.stand_ins_of(person_id)],
        invitation_words=INVITATION_NAMES,
        sent_today=_sent_today(found),
        delivery={i: _say_delivery(state, found.person.state) for i, state in delivered.items()},
        page_errors=wrong,
    )
    return page, 422 if wrong else 200


def _sent_today(found: queries.PersonPage) -> set[int]:
    """Ids of the invitations that went out today, so that nobody is asked twice in a day."""
    objects = {f"invitation:{row.id}": row.id for row in found.invitations}
    return {objects[about] for _, about in mail.chased_today("invitation", sorted(objects), now())}


def _days(act: queries.OpenAct) -> tuple[datetime, datetime]:
    """A moment of the first and of the last day of a stand-in that is proposed."""
    first, until = (datetime.fromisoformat(act.payload[name]) for name in ("from", "until"))
    return first, until - timedelta(minutes=1)


_DELIVERY = {
    Delivery.QUEUED: "On its way",
    Delivery.SENDING: "On its way",
    Delivery.SENT: "Sent, not accepted yet",
    Delivery.KEPT: "Among their messages, not accepted yet",
    Delivery.DROPPED: "Not sent",
    Delivery.FAILED: "Could not be delivered",
}


def _say_delivery(state: Delivery, account: str) -> str:
    """How far an invitation came; who is not in yet has nowhere to read what is kept here."""
    if state is Delivery.KEPT and account == "Invited":
        return "Not sent: there is no mail server. Hand over a link"
    return _DELIVERY[state]


def _weighty() -> str:
    return join_words([ROLE_NAMES[role].lower() for role in sorted(WEIGHTY_ROLES)])
