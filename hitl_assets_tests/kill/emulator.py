"""One emulator as a process of its own, with a crowd that is always right.

emulator.py pachyderm STATE PORT
emulator.py toloka STATE PORT ANSWER_KEY SEED SPEED
"""

import sys
from pathlib import Path

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.emulators.toloka import TolokaEmulator

EXPERTS = str(Path(__file__).with_name("experts.yaml"))


def main(kind: str, state: str, port: str, *crowd: str) -> None:
    """Run until killed."""
    if kind == "pachyderm":
        with PachydermEmulator(Path(state), int(port)) as pachyderm:
            pachyderm.wait()
    key, seed, speed = crowd
    with TolokaEmulator(
        Path(state), int(port), answer_key=Path(key), seed=int(seed), speed=float(speed), crowd=EXPERTS
    ) as toloka:
        toloka.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
