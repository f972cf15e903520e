"""Workers and their skills."""
