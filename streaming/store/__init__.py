"""The one door to PostgreSQL: models, migrations, roles, named queries, COPY; no Kafka here."""
