"""The Easy Read version of a challenge: written by staff on one page, read by everyone on another."""

from __future__ import annotations

from flask import Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms.easy_read import PICTURES, ChangeSentenceForm, ConfirmForm, SentenceForm
from pitchfest.challenges.queries import ChallengeRow, SentencePage
from pitchfest.challenges.rules import Permission, easy_advice
from pitchfest.challenges.views.criteria import asked_direction
from pitchfest.challenges.views.manage import bp as manage_bp
from pitchfest.challenges.views.public import bp
from pitchfest.files import operations as files
from pitchfest.files import queries as stored_files
from pitchfest.kernel.errors import NotFound
from pitchfest.web.access import current_actor, public, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


@bp.get("/challenges/<reference>/easy-read")
@public
def easy_read(reference: str) -> str:
    return _read(queries.public(reference, now(), current_actor()), preview=False)


@manage_bp.get("/challenges/<reference>/easy-read/preview")
@requires(Permission.VIEW_STAFF, of=queries.for_staff)
def easy_read_preview(found: ChallengeRow) -> str:
    return _read(found, preview=True)


def _read(found: ChallengeRow, *, preview: bool) -> str:
    g.practice = found.practice
    whole = queries.easy_read(found.id)
    if not whole.sentences:
        raise NotFound
    return render_template(
        "challenges/easy_read.html",
        challenge=found,
        sentences=whole.sentences,
        changed_at=queries.easy_read_behind_since(found.id, whole),
        preview=preview,
    )


@bp.get("/challenges/<reference>/easy-read/<int(max=2147483647):sentence_id>")
@public
def easy_read_picture(reference: str, sentence_id: int) -> Response:
    """The picture beside a sentence, for whoever may read the challenge."""
    found = queries.easy_read_picture(reference, sentence_id, now(), current_actor())
    return Response(stored_files.read(found), content_type=found.media_type)


@manage_bp.route("/challenges/<reference>/easy-read", methods=["GET", "POST"])
@requires(Permission.EASY_READ, of=queries.for_staff)
def write_easy_read(found: ChallengeRow) -> ResponseReturnValue:
    whole = queries.easy_read(found.id)
    form = SentenceForm(version=whole.version)
    if form.validate_on_submit() and _saved(found.reference, form):
        flash("The sentence is added.", "success")
        return redirect(_home(found.reference))
    newest = queries.newest_snapshot(found.id)
    page = render_template(
        "challenges/manage/easy_read.html",
        challenge=found,
        form=form,
        rows=list(zip(whole.sentences, easy_advice([s.text for s in whole.sentences]), strict=True)),
        changed_at=queries.easy_read_behind_since(found.id, whole),
        confirming=ConfirmForm(formdata=None, version=whole.version, record=newest.number if newest else 0),
        moving=Form(formdata=None, version=whole.version),
        accept=",".join(PICTURES),
        page_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


@manage_bp.route(
    "/challenges/<reference>/easy-read/<int(max=2147483647):sentence_id>", methods=["GET", "POST"]
)
@requires(Permission.EASY_READ, of=queries.sentence_page)
def change_sentence(page: SentencePage) -> ResponseReturnValue:
    reference, sentence = page.challenge.reference, page.sentence
    form = ChangeSentenceForm(version=page.whole.version, text=sentence.text, alt=sentence.alt)
    if form.validate_on_submit() and _saved(reference, form, sentence.id):
        flash("The sentence is saved.", "success")
        return redirect(_home(reference))
    rendered = render_template(
        "challenges/manage/easy_read_sentence.html",
        challenge=page.challenge,
        sentence=sentence,
        form=form,
        accept=",".join(PICTURES),
        page_errors=bool(form.errors),
    )
    return rendered, 422 if form.errors else 200


def _saved(reference: str, form: SentenceForm, sentence_id: int | None = None) -> bool:
    """Save what was typed. The picture goes to the disk first, before the write takes its turn."""
    picture = None
    if form.picture.data:
        picture = operations.Picture(files.write(form.picture.data), form.picture.media_type)
    with saving(form, then=_home(reference)) as saved:
        operations.save_sentence(
            the_actor(),
            reference=reference,
            text=form.text.data,
            alt=form.alt.data,
            picture=picture,
            remove_picture=isinstance(form, ChangeSentenceForm) and bool(form.remove_picture.data),
            sentence_id=sentence_id,
            expected_version=form.expected_version,
            now=now(),
        )
    return bool(saved)


@manage_bp.route(
    "/challenges/<reference>/easy-read/<int(max=2147483647):sentence_id>/remove", methods=["GET", "POST"]
)
@requires(Permission.EASY_READ, of=queries.sentence_page)
def remove_sentence(page: SentencePage) -> ResponseReturnValue:
    form, back = Form(version=page.whole.version), _home(page.challenge.reference)
    if form.validate_on_submit():
        with saving(form, then=back) as saved:
            operations.remove_sentence(
                the_actor(),
                reference=page.challenge.reference,
                sentence_id=page.sentence.id,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("The sentence is removed.", "success")
            return redirect(saved.redirect)
    return render_template(
        "challenges/manage/remove.html",
        challenge=page.challenge,
        form=form,
        title="Remove this sentence?",
        what=page.sentence.text,
        back=back,
    )


@manage_bp.post("/challenges/<reference>/easy-read/<int(max=2147483647):sentence_id>/move")
@requires(Permission.EASY_READ, of=queries.sentence_page)
def move_sentence(page: SentencePage) -> ResponseReturnValue:
    form, back = Form(), _home(page.challenge.reference)
    if form.validate_on_submit():
        with saving(form, then=back):
            operations.move_sentence(
                the_actor(),
                reference=page.challenge.reference,
                sentence_id=page.sentence.id,
                direction=asked_direction(),
                expected_version=form.expected_version,
                now=now(),
            )
    return redirect(back)


@manage_bp.post("/challenges/<reference>/easy-read/confirm")
@requires(Permission.EASY_READ, of=queries.for_staff)
def confirm_easy_read(found: ChallengeRow) -> ResponseReturnValue:
    form, back = ConfirmForm(), _home(found.reference)
    if form.validate_on_submit():
        with saving(form, then=back) as saved:
            operations.confirm_easy_read(
                the_actor(),
                reference=found.reference,
                record=form.told,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("The Easy Read version tells the newest brief.", "success")
    return redirect(back)


def _home(reference: str) -> str:
    return url_for("manage.write_easy_read", reference=reference)
