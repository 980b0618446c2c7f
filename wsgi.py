"""What a WSGI server or the flask command loads."""

import sys

from app import create_app
from app.config import ConfigError

try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"Jalon : {error}")
