"""Flask extensions, made once and bound to each application by the factory."""

from __future__ import annotations

from flask_login import LoginManager
from flask_wtf import CSRFProtect

login_manager = LoginManager()
csrf = CSRFProtect()
#: Sessions are rows of our own, so Flask-Login's guess from address and browser stays out of the cookie.
login_manager.session_protection = None
