"""Alarms get through, and addresses stay secret."""

import logging

import pytest

from hitl_assets.notifiers import (
    LogNotifier,
    MailNotifier,
    NotificationError,
    WebhookNotifier,
    notifier_from_environment,
)

from .listeners import mail_server, webhook

ALARM = ("p, batch 1: a run failed", "5 < 6 & more", "http://127.0.0.1:3000/runs/1")


def test_a_webhook_gets_what_slack_takes() -> None:
    """Title, text and link; what means something to Slack is escaped."""
    with webhook() as kept:
        WebhookNotifier(ui="", url=kept.url).notify(*ALARM)
    assert kept.messages == [
        {"text": "*p, batch 1: a run failed*\n5 &lt; 6 &amp; more\n<http://127.0.0.1:3000/runs/1>"}
    ]


def test_a_webhook_that_refuses_keeps_its_secret() -> None:
    """Whoever knows the address can post."""
    with webhook(403) as kept, pytest.raises(NotificationError, match="answered 403") as refused:
        WebhookNotifier(ui="", url=kept.url).notify(*ALARM)
    with pytest.raises(NotificationError, match="not reached") as away:
        WebhookNotifier(ui="", url=kept.url).notify(*ALARM)
    for error in (refused.value, away.value):
        assert "s3cret" not in f"{error} {error.__cause__}"
    assert "s3cret" not in repr(WebhookNotifier(ui="", url=kept.url))


def test_mail_goes_to_everybody_on_the_list() -> None:
    """As text, with the link."""
    with mail_server() as kept:
        MailNotifier(ui="", url=kept.url, sender="a@example.org", recipients="b@example.org, c@example.org").notify(
            *ALARM
        )
    (message,) = kept.messages
    for part in ("Subject: p, batch 1: a run failed", "To: b@example.org, c@example.org", *ALARM[1:]):
        assert part in message


def test_a_title_cannot_become_a_header() -> None:
    """It has names from outside in it."""
    with mail_server() as kept:
        mail = MailNotifier(ui="", url=kept.url, sender="a@example.org", recipients="b@example.org")
        mail.notify("p\r\nBcc: eve@example.org", "text", "")
    assert "\nBcc:" not in kept.messages[0]


def test_mail_that_is_refused_is_an_error() -> None:
    """Without the address, which may have a password."""
    with mail_server(refuses=True) as kept, pytest.raises(NotificationError, match="took no mail"):
        MailNotifier(ui="", url=kept.url, sender="a@example.org", recipients="b@example.org").notify(*ALARM)


def test_without_an_address_alarms_are_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody is told, but nothing is lost."""
    with caplog.at_level(logging.WARNING):
        LogNotifier(ui="").notify(*ALARM)
    assert "p, batch 1: a run failed: 5 < 6 & more" in caplog.text


def test_the_environment_says_where_alarms_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Adding a variable is all that a user does."""
    names = ("HITL_WEBHOOK_URL", "HITL_SMTP_URL", "HITL_UI_URL")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    assert isinstance(notifier_from_environment(), LogNotifier)
    monkeypatch.setenv("HITL_SMTP_URL", "smtp://user:s3cret@127.0.0.1")
    assert isinstance(notifier_from_environment(), MailNotifier)
    monkeypatch.setenv("HITL_WEBHOOK_URL", "https://example.org/s3cret")
    monkeypatch.setenv("HITL_UI_URL", "https://dagster.example.org/")
    found = notifier_from_environment()
    assert isinstance(found, WebhookNotifier)
    assert found.link("/runs/1") == "https://dagster.example.org/runs/1"
    assert "s3cret" not in f"{found!r} {vars(found)}"
