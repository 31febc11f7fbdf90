"""Every endpoint says who may call it, and only POST changes anything."""

from __future__ import annotations

from flask import Flask

from pitchfest.web.access import DECLARED

READING = {"GET", "HEAD", "OPTIONS"}


def test_every_endpoint_declares_its_access(bare_app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in bare_app.url_map.iter_rules()
        if not hasattr(bare_app.view_functions[rule.endpoint], DECLARED)
    ]
    assert silent == []


def test_every_declared_permission_is_in_the_table(bare_app: Flask) -> None:
    known = {str(p) for p in bare_app.extensions["pitchfest.permissions"]}
    declared = {str(getattr(view, DECLARED)) for view in bare_app.view_functions.values()}
    assert declared - known == {"public"}


def test_permissions_are_named_resource_and_action(bare_app: Flask) -> None:
    for permission in bare_app.extensions["pitchfest.permissions"]:
        resource, _, action = str(permission).partition(":")
        assert resource.isidentifier(), permission
        assert action.isidentifier(), permission


def test_endpoints_take_get_and_post_only(bare_app: Flask) -> None:
    odd = {
        r.endpoint: r.methods
        for r in bare_app.url_map.iter_rules()
        if (r.methods or set()) - READING - {"POST"}
    }
    assert odd == {}


#: What another program posts, which has no page of ours to take a token from (RFC 8058): a mail program's
#: button to stop following. It reads no cookie; the secret in its address is all that lets it act.
EXEMPT = {"pitchfest.challenges.views.following.stop_at_once"}


def test_everything_that_takes_post_checks_the_csrf_token(bare_app: Flask) -> None:
    csrf = bare_app.extensions["csrf"]
    assert csrf._exempt_views == EXEMPT
    assert not csrf._exempt_blueprints
