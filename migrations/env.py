"""Migrations run on the application's own engine; the guards are put back after every one of them."""

from alembic import context

from experiments import guards, public_access
from experiments.model import Base

engine = context.config.attributes["engine"]

with engine.execution_options(writes=True).connect() as connection:
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=True
    )
    with context.begin_transaction():
        public_access.remove(connection)
        context.run_migrations()
        guards.install(connection)
        public_access.install(connection)
    connection.commit()
