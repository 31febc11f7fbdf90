"""The application: `flask --app wsgi …` and WSGI servers take `app`, granian takes `served`."""

from config import SettingsError
from pitchfest.app import create_app
from pitchfest.web.bridge import Bridge

try:
    app = create_app()
except SettingsError as error:
    raise SystemExit(f"Pitchfest does not start. {error}") from None
served = Bridge(app, one_by_one=app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"))
