"""`hitl check`: what can be said of a project's folder before anybody works."""
