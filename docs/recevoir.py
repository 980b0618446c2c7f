"""Recevoir ce que dit Jalon : un programme entier, avec la bibliothèque « standardwebhooks » et rien d’autre.

JALON_SECRET=whsec_… python3 recevoir.py : chaque message nouveau s’ajoute à jalon.jsonl, une ligne chacun.
"""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = os.environ["JALON_SECRET"]
PORT = int(os.environ.get("PORT", "9000"))
# Le même message peut venir deux fois, sous le même nom : pour de bon, c’est une table.
seen = set()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            Webhook(SECRET).verify(body, dict(self.headers))
        except WebhookVerificationError:
            self.answer(401)
            return
        if self.headers["webhook-id"] not in seen:
            seen.add(self.headers["webhook-id"])
            with open("jalon.jsonl", "ab") as kept:
                kept.write(body + b"\n")
        self.answer(204)

    def answer(self, code):
        self.send_response(code)
        self.end_headers()


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
