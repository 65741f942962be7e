"""The long-lived process that makes light assets as rows land, and tells Dagster in batches."""
