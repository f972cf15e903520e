"""Real handwritten digits, put on paper by a script: what each is was known when they were collected."""
