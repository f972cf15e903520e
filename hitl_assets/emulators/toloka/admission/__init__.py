"""Who may work where, and why nobody comes."""
