"""How the value of each asset lies in its directory of a Pachyderm repo."""
