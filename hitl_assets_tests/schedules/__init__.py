"""Two runs at the same work, of which one is taken for dead while it lives: every pair of points, in every order."""
