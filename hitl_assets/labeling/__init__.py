"""Plain Python: records in, records out. No Dagster, no network, no clock."""
