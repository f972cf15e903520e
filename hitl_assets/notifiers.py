"""Where alarms go: the log, a chat (a Slack-compatible webhook), or e-mail. An address, a secret, nothing else."""

import logging
import smtplib
import ssl
from abc import ABC, abstractmethod
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import dagster as dg
from pydantic import Field

LOG = logging.getLogger("hitl")
TIMEOUT = 10.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Slack's three; everything else is text.
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class NotificationError(RuntimeError):
    """An alarm that did not get through. The message has no address: it may be a secret."""


class Notifier(dg.ConfigurableResource, ABC):
    """Tells a person. Write your own by deriving from this, and give it to `projects_definitions`."""

    ui: str = Field("", description="the address of Dagster's UI, for links; none are sent without it")

    @abstractmethod
    def notify(self, title: str, text: str, link: str) -> None:
        """Tell it.

        Raises:
            NotificationError: it did not get through.
        """

    def link(self, path: str) -> str:
        """The address of a page of the UI, if we know where the UI is."""
        return f"{self.ui.rstrip('/')}{path}" if self.ui else ""


class LogNotifier(Notifier):
    """Writes a warning into the log of the code server, and tells nobody."""

    def notify(self, title: str, text: str, link: str) -> None:
        """Write a warning."""
        LOG.warning("%s: %s %s", title, text, link)


class WebhookNotifier(Notifier):
    """Posts to an incoming webhook of Slack, or of something that takes the same JSON (Mattermost, Rocket.Chat)."""

    url: str = Field(repr=False, description="the webhook: whoever knows it can post; from the environment")

    def notify(self, title: str, text: str, link: str) -> None:
        """Post a message."""
        import httpx

        lines = [f"*{escape(title)}*", escape(text), *([f"<{link}>"] if link else [])]
        try:
            answer = httpx.post(self.url, json={"text": "\n".join(lines)}, timeout=TIMEOUT)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Not `from error`: what httpx says has the address.
            raise NotificationError(
                f"The webhook of HITL_WEBHOOK_URL was not reached: {type(error).__name__}."
            ) from None
        if answer.is_error:
            raise NotificationError(f"The webhook answered {answer.status_code}. See HITL_WEBHOOK_URL.")


class MailNotifier(Notifier):
    """Sends e-mail."""

    url: str = Field(repr=False, description="smtp://user:password@host:port, or smtps:// for TLS from the start")
    sender: str = Field(description="the address that mail is from")
    recipients: str = Field(description="addresses, separated by commas")

    def notify(self, title: str, text: str, link: str) -> None:
        """Send a message."""
        message = EmailMessage()
        message["Subject"] = " ".join(title.split())
        message["From"], message["To"] = self.sender, self.recipients
        message.set_content("\n\n".join(filter(None, [text, link])))
        try:
            with self.connect() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise NotificationError(
                f"The mail server took no mail: {type(error).__name__}. See HITL_SMTP_URL."
            ) from None

    def connect(self) -> smtplib.SMTP:
        """A connection, with TLS where the server has it, and logged in where there is a user."""
        parts, safe = urlsplit(self.url), ssl.create_default_context()
        host, port = parts.hostname or "localhost", parts.port or 0
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=safe)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=safe)
            elif parts.username and host not in LOOPBACK:
                raise smtplib.SMTPNotSupportedError("no TLS, and a password must not be read on the way")
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server


def escape(text: str) -> str:
    """Text in which no character means anything to Slack."""
    return "".join(ESCAPES.get(character, character) for character in text)


def notifier_from_environment() -> Notifier:
    """A webhook if HITL_WEBHOOK_URL is set, e-mail if HITL_SMTP_URL is, otherwise the log."""
    ui = dg.EnvVar("HITL_UI_URL").get_value() or ""
    if dg.EnvVar("HITL_WEBHOOK_URL").get_value():
        return WebhookNotifier(ui=ui, url=dg.EnvVar("HITL_WEBHOOK_URL"))
    if dg.EnvVar("HITL_SMTP_URL").get_value():
        sender, recipients = dg.EnvVar("HITL_MAIL_FROM"), dg.EnvVar("HITL_MAIL_TO")
        return MailNotifier(ui=ui, url=dg.EnvVar("HITL_SMTP_URL"), sender=sender, recipients=recipients)
    return LogNotifier(ui=ui)
