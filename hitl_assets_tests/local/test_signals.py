"""A signal ends what was started, whenever it comes."""

import os
import signal
import weakref
from collections.abc import Iterator

import pytest

from hitl_assets.local import signals
from hitl_assets.local.signals import end_if_asked, end_on_signals


class Thing:
    """Something to refer to weakly."""


@pytest.fixture(autouse=True)
def ended_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The handlers are put back."""
    monkeypatch.setattr(signals, "asked", [])
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    end_on_signals()
    yield
    for sign, handler in before.items():
        signal.signal(sign, handler)


def test_a_signal_unwinds_the_stack() -> None:
    """With the exit code that shells give it."""
    with pytest.raises(SystemExit) as ended:
        os.kill(os.getpid(), signal.SIGTERM)
    assert ended.value.code == 128 + signal.SIGTERM


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_that_python_drops_is_found_at_the_next_look() -> None:
    """What a callback of a weak reference raises is lost, and those run while modules are imported."""
    thing = Thing()
    kept = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.SIGTERM))
    del thing
    assert kept() is None
    with pytest.raises(SystemExit):
        end_if_asked()


def test_nothing_ends_unasked() -> None:
    """Whoever waits looks again and again."""
    end_if_asked()
