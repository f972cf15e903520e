"""Clients of the two services: addresses in, records out. No Dagster."""
