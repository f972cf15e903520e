"""What is wrong with a file as a whole."""


class UnreadableFileError(ValueError):
    """A file that cannot be used at all. The message names the file and what to do."""
