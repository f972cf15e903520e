"""`hitl media`."""

import logging
import os
import sys
from pathlib import Path

import click

from hitl_assets.commands.options import PACHD, PORT, STATE, in_sentences
from hitl_assets.local.ports import MEDIA_PORT
from hitl_assets.local.state import State


@click.command()
@click.option("--port", type=PORT, default=MEDIA_PORT, show_default=True, help="0: any.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on, 0.0.0.0 for all.")
@click.option(
    "--origin", "origins", multiple=True, default=["*"], show_default=True, metavar="URL",
    help="A site whose programs may read the files, as https://tolokers.example. May be repeated.",
)  # fmt: skip
@click.option(
    "--readers", type=click.IntRange(min=1), default=8, show_default=True, help="How many files are read at once."
)
@PACHD
@STATE
def media(port: int, host: str, origins: tuple[str, ...], readers: int, pachd: str | None, state: Path) -> None:
    """Show people the pictures, sounds and films of open batches: files of Pachyderm behind signed links.

    For projects with `pictures: serve`. HITL_MEDIA_SECRET holds the secret of the links, the same as for Dagster;
    while it is replaced, the new one and the old one behind it. PACHD_TOKEN is one that may read, and no more.
    HITL_MEDIA_URL tells Dagster by which address the world reaches this server: links begin with it.
    """
    from hitl_assets.labeling.media.secrets import SecretError, Secrets
    from hitl_assets.media.application import Media, Settings
    from hitl_assets.media.server import address_of, listen, make_server

    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    with in_sentences(SecretError):
        secrets = Secrets.from_text(os.environ.get("HITL_MEDIA_SECRET", ""))
        State(state).join()
        address = pachd or os.environ.get("PACHD_ADDRESS")
        if not address:
            raise click.ClickException(f"PACHD_ADDRESS is not set, and no emulator runs on {state}. Set it.")
        settings = Settings(address, os.environ.get("PACHD_TOKEN"), secrets, origins, readers)
        server = make_server(Media(settings))
        listener = listen(host, port)
        click.echo(f"ready media={address_of(listener)}")
        sys.stdout.flush()
        server.run([listener])
