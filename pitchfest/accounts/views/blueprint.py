"""The one blueprint of all pages about accounts."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("accounts", __name__)
