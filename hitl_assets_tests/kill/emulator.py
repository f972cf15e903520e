"""One emulator as a process of its own, with a crowd that is always right.

emulator.py pachyderm STATE PORT
emulator.py toloka STATE PORT ANSWER_KEY SEED SPEED
"""

import sys
from dataclasses import replace
from pathlib import Path

from hitl_assets.emulators.crowd import crowd
from hitl_assets.emulators.crowd.workers import Worker, meet
from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.emulators.toloka import TolokaEmulator


def meet_expert(seed: int, number: int) -> Worker:
    """A worker who makes no mistakes: who answers what depends on moments, and labels must not."""
    worker = meet(seed, number)
    return replace(worker, accuracy=1.0, spam=None, pace=max(worker.pace, 8.0))


def main(kind: str, state: str, port: str, key: str = "", seed: str = "0", speed: str = "1") -> None:
    """Run until killed."""
    if kind == "pachyderm":
        with PachydermEmulator(Path(state), int(port)) as pachyderm:
            pachyderm.wait()
    crowd.meet = meet_expert  # type: ignore[attr-defined]
    with TolokaEmulator(Path(state), int(port), answer_key=Path(key), seed=int(seed), speed=float(speed)) as toloka:
        toloka.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
