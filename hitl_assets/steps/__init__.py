"""What an asset does, without Dagster: records in, records out, and what is written to the services on the way."""
