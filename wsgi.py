"""The application: `flask --app wsgi …` and WSGI servers take `app`, granian takes `served`."""

import gc

gc.disable()  # what is imported stays: looking for rubbish in it takes a sixth of the start

from config import SettingsError  # noqa: E402
from pitchfest.app import create_app  # noqa: E402
from pitchfest.web.bridge import Bridge  # noqa: E402

try:
    app = create_app()
except SettingsError as error:
    raise SystemExit(f"Pitchfest does not start. {error}") from None
served = Bridge(app, one_by_one=app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"))

gc.freeze()  # nor is it looked through later, by any process forked from this one
gc.enable()
