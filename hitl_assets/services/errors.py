"""Errors of the services, split by one question: will a rerun help?"""


class ServiceError(Exception):
    """The service refused, and will refuse again. The message says what we tried, what we got and what to do."""


class TransientServiceError(Exception):
    """The service could not be asked, or not now. A rerun helps once it is back."""


class TimedOutError(TransientServiceError):
    """The service did not answer for as long as we wait. A rerun helps, but not at once: that would wait as long."""
