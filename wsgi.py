"""The application: `flask --app wsgi …` and WSGI servers take `app`, granian takes `served`."""

from pitchfest.app import create_app
from pitchfest.web.bridge import Bridge

app = create_app()
served = Bridge(app)
