"""The one door to PostgreSQL: table models, migrations, roles, named queries and COPY; no Kafka here."""
