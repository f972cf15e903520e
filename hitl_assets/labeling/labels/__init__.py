"""Labels as they are decided and stored, and the one dataset that they make."""
