"""What a WSGI server or the flask command loads."""

from app import create_app

app = create_app()
