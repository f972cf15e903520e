"""Clients of Pachyderm and of those who label: addresses in, records out. No Dagster."""
