"""What the public list is compared with: the least that Flask, SQLAlchemy's ORM and Jinja do to list fifty rows."""

from __future__ import annotations

from datetime import date

from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import Connection, Index, String, Text, func, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

from app.db import make_engine
from experiments.model import Experiment

PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Cinquante lignes</title></head><body><table>
{% for row in rows %}
<tr><td><a href="/{{ row.number }}">{{ row.title }}</a></td><td>{{ row.summary }}</td><td>{{ row.organisation }}</td>
<td>{{ row.place }}</td><td>{{ row.communes }}</td><td>{{ row.status }}</td><td>{{ row.starts_on }}</td>
<td>{{ row.ends_on }}</td></tr>
{% endfor %}
</table></body></html>
"""


class Base(DeclarativeBase):
    """A table of the bench alone: it is not part of the register."""


class Line(Base):
    """A row with as many columns as a line of the public list shows."""

    __tablename__ = "bench_lines"
    __table_args__ = (Index("ix_bench_lines_ends_on", "ends_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(100))
    summary: Mapped[str] = mapped_column(Text)
    organisation: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200))
    communes: Mapped[str] = mapped_column(String(400))
    status: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date]
    ends_on: Mapped[date]


LINES = Base.metadata.tables["bench_lines"]


def fill(connection: Connection) -> None:
    """One line for each experiment that has dates, with the same words."""
    Base.metadata.create_all(connection)
    experiments = Experiment.metadata.tables["experiments"]
    names = [column.name for column in LINES.columns]
    dated = select(*(experiments.c[name] for name in names)).where(experiments.c.ends_on.is_not(None))
    connection.execute(insert(LINES).from_select(names, dated))


def count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(Line)) or 0


def create_app(url: str) -> Flask:
    """The bare page, at /."""
    app = Flask(__name__, static_folder=None)
    app.jinja_loader = DictLoader({"lines.html": PAGE})
    sessions = sessionmaker(make_engine(url))

    @app.get("/")
    def index() -> str:
        with sessions() as session:
            lines = session.scalars(select(Line).order_by(Line.ends_on, Line.id).limit(50)).all()
            return render_template("lines.html", rows=lines)

    return app
