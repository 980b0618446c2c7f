"""What the processes of tests are copies of: a program that has made the application once, and read its templates."""

import tempfile

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.orm import configure_mappers

from app import Jalon, create_app
from app.config import load_config
from app.i18n import NAMES, lang, speaking


class Compiled(BytecodeCache):
    """Templates as they were compiled, for every application of the process and of its copies."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return f"{lang()} {super().get_cache_key(name, filename)}"

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


Jalon.jinja_options = {**Jalon.jinja_options, "bytecode_cache": Compiled()}
configure_mappers()
with tempfile.TemporaryDirectory() as folder:
    env = {"DATABASE_URL": "sqlite://", "SECRET_KEY": "x" * 32, "INSTANCE_DIR": folder}
    environment = create_app(load_config(env)).jinja_env
    for language in NAMES:
        with speaking(language):
            for name in environment.list_templates():
                environment.get_template(name)
