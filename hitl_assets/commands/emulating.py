"""`hitl emulators`."""

import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from hitl_assets.commands.options import A_FILE, ANSWER_KEY, CROWD, PORT, SEED, SPEED, in_sentences
from hitl_assets.emulators.crowd.clock import Speed
from hitl_assets.local.ports import PACHD_PORT, TOLOKA_PORT
from hitl_assets.services.whereabouts import announced

# Those of emulators/pachyderm/wire/profiles.py.
PACHYDERMS = ("2.10", "2.12")


@click.command()
@click.option(
    "--state", type=click.Path(file_okay=False, path_type=Path), default=Path(".hitl/emulators"), show_default=True,
    help="Where their state is kept. Commands on the directory above find them.",
)  # fmt: skip
@click.option("--pachd-port", type=PORT, default=PACHD_PORT, show_default=True, help="0: any.")
@click.option("--toloka-port", type=PORT, default=TOLOKA_PORT, show_default=True, help="0: any.")
@click.option(
    "--host", default="127.0.0.1", show_default=True,
    help="The address to listen on, 0.0.0.0 for all. Anything but loopback needs a token for both.",
)  # fmt: skip
@click.option(
    "--token", help="What callers of both must present; better in TOLOKA_TOKEN and PACHD_TOKEN, where nobody sees it."
)
@click.option(
    "--public-host", "public_hosts", multiple=True, metavar="NAME",
    help="A name by which people open Toloka's pages from other machines. May be repeated.",
)  # fmt: skip
@ANSWER_KEY
@click.option(
    "--unknown", type=click.Choice(["invent", "leave"]), default="invent", show_default=True,
    help="What simulated workers do about items that no answer key has: make a truth up, or leave them to people.",
)  # fmt: skip
@click.option(
    "--profile", type=click.Choice(PACHYDERMS), default="2.12", show_default=True,
    help="The Pachyderm that the emulator looks like.",
)  # fmt: skip
@click.option(
    "--roles",
    type=A_FILE,
    help="YAML of tokens and what they may do in Pachyderm (docs/emulators.md), instead of one token.",
)
@click.option(
    "--finish-delay", type=click.FloatRange(0), default=0.0, show_default=True, metavar="SECONDS",
    help="How long Pachyderm takes to finish a commit.",
)  # fmt: skip
@click.option(
    "--conflicts", type=click.FloatRange(0, 0.5), default=0.0, show_default=True, metavar="SHARE",
    help="The share of Pachyderm's commits that give way to another one at first, as on a busy server.",
)  # fmt: skip
@CROWD
@click.option("--urls", is_flag=True, help="Pachyderm fetches http, https and file URLs for whoever calls.")
@click.option(
    "--close-delay", type=click.FloatRange(0), default=0.0, show_default=True, metavar="SECONDS",
    help="How long, by the wall clock, Toloka's pools stay open when they are done. Programs that stream a minute "
    "behind, as toloka-kit's do by themselves, need 60 to see the last answers.",
)  # fmt: skip
@SEED
@SPEED
def emulators(
    state: Path,
    pachd_port: int,
    toloka_port: int,
    host: str,
    token: str | None,
    public_hosts: tuple[str, ...],
    answer_key: tuple[Path, ...],
    unknown: str,
    profile: str,
    roles: Path | None,
    finish_delay: float,
    conflicts: float,
    crowd: str,
    urls: bool,
    close_delay: float,
    seed: int,
    speed: Speed,
) -> None:
    """Run both emulators on 127.0.0.1, or another --host, until they are told to end.

    People can work there, too: open Toloka's address in a browser. Faults, time, balance and a trace of requests are
    under /emulator (docs/emulators.md).

    If TOLOKA_TOKEN or PACHD_TOKEN is set, callers must present it; otherwise any token will do.
    """
    from hitl_assets.emulators.crowd.population import CrowdError
    from hitl_assets.emulators.pachyderm import PachydermEmulator
    from hitl_assets.emulators.pachyderm import StateError as PachydermStateError
    from hitl_assets.emulators.toloka import StateError as TolokaStateError
    from hitl_assets.emulators.toloka import TolokaEmulator
    from hitl_assets.labeling.tables.encodings import decode

    ended = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: ended.set())
    tokens = read_tokens(token, host, asked=("TOLOKA_TOKEN",) if roles else ("PACHD_TOKEN", "TOLOKA_TOKEN"))
    with in_sentences(ValueError, CrowdError, PachydermStateError, TolokaStateError):
        for key in answer_key:
            decode(key.read_bytes(), str(key))
        with (
            PachydermEmulator(
                state / "pachyderm",
                pachd_port,
                tokens.get("PACHD_TOKEN"),
                profile,
                finish_delay=finish_delay,
                roles=roles,
                conflicts=conflicts,
                seed=seed,
                host=host,
                urls=urls,
            ) as pachyderm,
            TolokaEmulator(
                state / "toloka",
                toloka_port,
                tokens["TOLOKA_TOKEN"],
                answer_key=answer_key,
                makes_up=unknown == "invent",
                seed=seed,
                speed=speed,
                crowd=crowd,
                host=host,
                public_hosts=public_hosts,
                close_delay=close_delay,
            ) as toloka,
            announced(state, {"PACHD_ADDRESS": pachyderm.address, "TOLOKA_URL": toloka.url}),
        ):
            click.echo(f"ready pachd={pachyderm.address} toloka={toloka.url}")
            sys.stdout.flush()
            ended.wait()


def read_tokens(given: str | None, host: str, asked: Sequence[str]) -> Mapping[str, str | None]:
    """What callers of each emulator must present, by the variables that may say it (`asked`).

    Raises:
        click.UsageError: other machines can call, and one of them would ask for nothing.
    """
    from hitl_assets.emulators.toloka.people.access import is_loopback

    tokens = {name: given or os.environ.get(name) or None for name in asked}
    lacking = [name for name, token in tokens.items() if token is None]
    if lacking and not is_loopback(host):
        raise click.UsageError(
            f"Whoever reaches {host} could use the emulators: set {' and '.join(lacking)}, or give --token."
        )
    return tokens
