"""A project's loop: sensors, runs and checks, tick by tick."""
