"""What a region still needs before its first round."""

from __future__ import annotations

from dataclasses import dataclass

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.rules.region import Section, placeholders
from pitchfest.audit import queries as log
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.text import join_words
from pitchfest.mail import queries as mail

_PUBLISHED = "challenge.publish"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a region needs before its first round, and where to see to it."""

    text: str
    done: bool
    endpoint: str
    anchor: str = ""
    #: Why it is not done although somebody saw to it; "" where there is nothing to say.
    hint: str = ""
    #: It is done once those who were asked in come.
    waiting: bool = False


#: Role → how many people must hold it, and how that is said.
_STAFFED: dict[Role, tuple[int, str]] = {
    Role.ADMIN: (2, "Two administrators, so that weighty roles have a second yes"),
    Role.OFFICER: (1, "An innovation officer, who writes challenges"),
    Role.APPROVER: (1, "An approver, who is the second person before a challenge is published"),
    Role.LEAD: (1, "A procurement lead, who opens pitches with a second person"),
}


def checklist(actor: Actor, *, mail_leaves: bool) -> list[Check]:
    """What is left before the region's first round, done things included; nothing once all is done.

    For administrators only. `mail_leaves`: there is a mail server. A constant number of statements.
    """
    region = accounts.region()
    if not actor.has(Role.ADMIN) or region.checklist_hidden:
        return []
    texts_missing = any(left.section is Section.TEXTS for left in placeholders(region))
    holders, invited = accounts.confirmed_by_role(), accounts.invited_by_role()
    checks = [
        *(
            _staffed(text, needed, holders.get(role, 0), invited.get(role, []))
            for role, (needed, text) in _STAFFED.items()
        ),
        Check("Privacy and accessibility texts without gaps", not texts_missing, "admin.set_up", "texts"),
        Check(
            "A test mail, to see that mail leaves",
            mail.has_left("test_mail"),
            "admin.set_up",
            "mail",
            "" if mail_leaves else "There is no mail server yet, so no mail leaves.",
        ),
        Check("Your logo", bool(region.logo), "admin.set_up", "look"),
        Check("A challenge published, if only for practice", log.has_happened(_PUBLISHED), "manage.start"),
    ]
    return [] if all(check.done for check in checks) else checks


def _staffed(text: str, needed: int, here: int, invited: list[str]) -> Check:
    hint = f"Waiting for {join_words(invited)}, who {'is' if len(invited) == 1 else 'are'} invited."
    return Check(
        text,
        here >= needed,
        "admin.team",
        hint=hint if invited and here < needed else "",
        waiting=here + len(invited) >= needed,
    )
