"""Alembic's entry: run on the connection that `app.migrations.run` hands over."""

from alembic import context

from app.migrations.config import OPTIONS

connection = context.config.attributes["connection"]
context.configure(connection=connection, **OPTIONS)
with context.begin_transaction():
    context.run_migrations()
