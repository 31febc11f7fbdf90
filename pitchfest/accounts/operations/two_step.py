"""The second step of signing in: setting it up, its codes, and turning it off."""

from __future__ import annotations

import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, insert, or_, select, update

from pitchfest.accounts import queries
from pitchfest.accounts.models import RecoveryCode, Throttle, TwoStep
from pitchfest.accounts.notices import two_step_news
from pitchfest.accounts.operations.acts import void_proposal
from pitchfest.accounts.operations.sessions import end_all_sessions, end_half, require_proof
from pitchfest.accounts.operations.throttling import attempt
from pitchfest.accounts.rules import ActKind, Scope, plain_code
from pitchfest.accounts.rules.two_step import (
    CODE_DIGITS,
    KEY_LASTS,
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    STEP_SECONDS,
    TOLD_AFTER,
    is_app_code,
    steps_that_count,
)
from pitchfest.audit.operations import record
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict, NotFound, RuleViolation
from pitchfest.kernel.text import speakable_code

_STEP, _CODE = TwoStep.__table__.c, RecoveryCode.__table__.c
WRONG = "That code is not right. Type the one that your app shows now"
USED = "That code was used already. Wait until your app shows the next one"
_NO_KEY = "There is no key that waits to be confirmed. Ask for one first."
WRONG_RECOVERY = "That recovery code is not right, or was used already"


# Setting up


def make_key(actor: Actor, *, now: datetime) -> None:
    """Make a key for the person's app, in place of one that was never confirmed. It does not count yet.

    Raises ProofNeeded; Conflict when they have a second step already.
    """
    require_proof(actor, now)
    if queries.two_step(actor.person_id):
        raise Conflict("Two-step sign-in is on already. To move it to another phone, turn it off first.")
    db.session.execute(
        delete(TwoStep).where(_STEP.person_id == actor.person_id, _STEP.confirmed_at.is_(None))
    )
    db.session.execute(
        insert(TwoStep).values(person_id=actor.person_id, secret=pyotp.random_base32(), made_at=now)
    )


def confirm_key(actor: Actor, *, code: str, now: datetime) -> list[str]:
    """The app's first code is right, so that the key counts from now on; ten recovery codes, once.

    Everywhere else the person is signed out, so that nobody stays in who came in without a code. Raises
    ProofNeeded, RuleViolation for a wrong code, Conflict when no key waits.
    """
    require_proof(actor, now)
    if queries.new_key(actor.person_id, now) is None:
        raise Conflict(_NO_KEY)
    two_step_id = _use_app_code(actor.person_id, plain_code(code), now, confirmed=False)
    confirmed = db.session.execute(
        update(TwoStep).where(_STEP.id == two_step_id, _STEP.confirmed_at.is_(None)).values(confirmed_at=now)
    )
    if confirmed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_NO_KEY)
    end_all_sessions(actor.person_id, now=now, but=actor.session_id)
    record(actor, "account.two_step_on", f"person:{actor.person_id}", now=now)
    two_step_news(actor.person_id, "on", now=now)
    return _make_recovery_codes(two_step_id)


def renew_recovery_codes(actor: Actor, *, code: str, now: datetime) -> list[str]:
    """Ten new recovery codes; the old ones stop working. Raises ProofNeeded, RuleViolation."""
    require_proof(actor, now)
    two_step_id = use_code(actor, code=code, now=now)
    db.session.execute(delete(RecoveryCode).where(_CODE.two_step_id == two_step_id))
    record(actor, "account.recovery_codes", f"person:{actor.person_id}", now=now)
    two_step_news(actor.person_id, "codes", now=now)
    return _make_recovery_codes(two_step_id)


def turn_off_two_step(actor: Actor, *, code: str, now: datetime) -> None:
    """No code is asked for any more. It takes a proof and a code, so that neither alone is enough.

    Raises ProofNeeded, RuleViolation for a wrong code.
    """
    require_proof(actor, now)
    use_code(actor, code=code, now=now)
    end_two_step(actor.person_id, now=now)
    about = queries.two_step_object(actor.person_id)
    void_proposal(actor, kind=ActKind.RESET_TWO_STEP, object=about, now=now)
    record(actor, "account.two_step_off", f"person:{actor.person_id}", now=now)
    two_step_news(actor.person_id, "off", now=now)


def end_two_step(person_id: int, *, now: datetime) -> None:
    """The key and the recovery codes are gone; what stays is from when until when there was one."""
    mine = select(TwoStep.id).where(_STEP.person_id == person_id)
    db.session.execute(delete(RecoveryCode).where(_CODE.two_step_id.in_(mine)))
    db.session.execute(
        update(TwoStep)
        .where(_STEP.person_id == person_id, _STEP.ended_at.is_(None))
        .values(ended_at=now, secret=None)
    )


def forget_two_step(person_id: int) -> None:
    """Remove all there is, with its history: the person is erased."""
    mine = select(TwoStep.id).where(_STEP.person_id == person_id)
    db.session.execute(delete(RecoveryCode).where(_CODE.two_step_id.in_(mine)))
    db.session.execute(delete(TwoStep).where(_STEP.person_id == person_id))


# Codes


def second_keys(person_id: int, *, address: str) -> dict[Scope, str]:
    """The rows that a person's codes are counted in. Unlike passwords, whatever browser they come from:
    whoever gets here has done the first step.
    """
    return {
        Scope.SECOND: queries.digest(f"second|{person_id}"),
        Scope.ADDRESS: queries.digest(f"address|{address}"),
    }


def attempt_code(person_id: int, *, address: str, now: datetime) -> datetime | None:
    """Count a code before it is known whether it is right; None when it may be tried, else when the next is.

    After ten wrong ones in a row their person is told.
    """
    keys = second_keys(person_id, address=address)
    if wait := attempt(keys, now=now):
        return wait
    counted = db.session.execute(
        select(Throttle.failures).where(Throttle.key == keys[Scope.SECOND])
    ).scalar_one()
    if counted == TOLD_AFTER + 1:
        two_step_news(person_id, "guessed", now=now)
    return None


def use_code(actor: Actor, *, code: str, now: datetime) -> int:
    """Use up the app's present code, or a recovery code; the second step's id.

    The caller has counted the attempt. Raises RuleViolation for a code that is wrong or was used.
    """
    plain = plain_code(code)
    if is_app_code(plain):
        return _use_app_code(actor.person_id, plain, now, confirmed=True)
    return _use_recovery_code(actor, plain, now)


def finish_sign_in(token: str, *, code: str, now: datetime) -> int:
    """The second step of the browser with this token; the person's id. The token works no more.

    Raises NotFound when it does not work any more, RuleViolation for a wrong code.
    """
    person_id = queries.half_signed_in(token, now)
    if person_id is None or not end_half(token, now=now):
        raise NotFound
    use_code(Actor(person_id, ""), code=code, now=now)
    return person_id


def _use_app_code(person_id: int, code: str, now: datetime, *, confirmed: bool) -> int:
    """The UPDATE lets a code, and all before it, through once, however many try at once."""
    found = db.session.execute(
        select(_STEP.id, _STEP.secret).where(
            _STEP.person_id == person_id,
            _STEP.ended_at.is_(None),
            _STEP.confirmed_at.is_not(None) if confirmed else _STEP.made_at > now - KEY_LASTS,
        )
    ).one_or_none()
    step = _step_of(found.secret, code, now) if found else None
    if found is None or step is None:
        raise RuleViolation(WRONG, field="code")
    used = db.session.execute(
        update(TwoStep)
        .where(_STEP.id == found.id, or_(_STEP.last_step.is_(None), _STEP.last_step < step))
        .values(last_step=step)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise RuleViolation(USED, field="code")
    return int(found.id)


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The newest half minute that a code belongs to; every one that counts is compared, always."""
    app = pyotp.TOTP(secret, digits=CODE_DIGITS, interval=STEP_SECONDS)
    right = [s for s in steps_that_count(now) if secrets.compare_digest(app.generate_otp(s), code)]
    return max(right, default=None)


def _use_recovery_code(actor: Actor, code: str, now: datetime) -> int:
    current = select(TwoStep.id).where(
        _STEP.person_id == actor.person_id, _STEP.ended_at.is_(None), _STEP.confirmed_at.is_not(None)
    )
    two_step_id = db.session.execute(
        update(RecoveryCode)
        .where(
            _CODE.two_step_id.in_(current), _CODE.code_hash == queries.digest(code), _CODE.used_at.is_(None)
        )
        .values(used_at=now)
        .returning(RecoveryCode.two_step_id)
    ).scalar_one_or_none()
    if two_step_id is None:
        raise RuleViolation(WRONG if code.isdigit() else WRONG_RECOVERY, field="code")
    record(actor, "account.recovery_code_used", f"person:{actor.person_id}", now=now)
    two_step_news(actor.person_id, "used", now=now)
    return two_step_id


def _make_recovery_codes(two_step_id: int) -> list[str]:
    codes = [speakable_code(RECOVERY_LENGTH) for _ in range(RECOVERY_CODES)]
    db.session.execute(
        insert(RecoveryCode),
        [{"two_step_id": two_step_id, "code_hash": queries.digest(code)} for code in codes],
    )
    return codes
