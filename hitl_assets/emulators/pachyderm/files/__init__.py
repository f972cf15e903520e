"""Names, globs and streams of files."""
