"""The emulator as a process: `python -m hitl_assets.emulators.pachyderm --state DIRECTORY`."""

import argparse
import signal
import sys
from pathlib import Path

from hitl_assets.emulators.pachyderm.errors import StateError
from hitl_assets.emulators.pachyderm.server import PachydermEmulator
from hitl_assets.emulators.pachyderm.wire.profiles import PROFILES


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m hitl_assets.emulators.pachyderm", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="the directory that keeps repos and commits")
    parser.add_argument("--port", type=int, default=30650, help="0: any free one (default: pachd's, 30650)")
    parser.add_argument("--host", default="127.0.0.1", help="elsewhere than loopback with --token only")
    parser.add_argument("--token", help="refuse calls with another authn-token")
    parser.add_argument("--profile", choices=sorted(PROFILES), default="2.12", help="the pachd that it looks like")
    parser.add_argument("--finish-delay", type=float, default=0.0, help="seconds from FINISHING to FINISHED")
    parser.add_argument("--urls", action="store_true", help="fetch http, https and file URLs for whoever calls")
    parser.add_argument(
        "--conflicts", type=float, default=0.0, metavar="RATE", help="the share of commits that give way, 0 to 0.5"
    )
    parser.add_argument("--seed", type=int, default=0, help="which of them")
    parser.add_argument("--roles", type=Path, metavar="FILE", help="tokens and what they may do, YAML or JSON")
    return parser.parse_args(arguments)


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    arguments = parse_arguments()
    try:
        emulator = PachydermEmulator(**vars(arguments))
    except ValueError as error:
        sys.exit(str(error))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        emulator.start()
        print(emulator.address, flush=True)  # noqa: T201 - whoever starts it reads the address here
        emulator.wait()
    except (StateError, OSError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        emulator.stop()


if __name__ == "__main__":
    main()
