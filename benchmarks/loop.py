"""Where the time of the loop goes: `hitl demo` on the example, each batch cut into its parts.

    .venv/bin/python benchmarks/loop.py

The crowd's part is the emulator's; the rest is what a user waits for beside people. Its floor is Dagster's: the wait
for a tick of each of the two sensors, and the start of a process for each of the two runs.
"""

import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

import dagster as dg

from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.storage.files import StoredAnswers
from hitl_assets.local.processes import People, emulators
from hitl_assets.local.state import State
from hitl_assets.services.pachyderm import Pachyderm

PROJECT = "clickbait"


def main() -> None:
    """Run the demo, then read its events and its answers."""
    with tempfile.TemporaryDirectory() as folder:
        state = State(Path(folder) / ".hitl")
        started = time.monotonic()
        command = [sys.executable, "-m", "hitl_assets.cli", "demo", "--state", str(state.root)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        print(f"hitl demo, whole           {time.monotonic() - started:6.1f} s (must stay under 180)")
        instance = dg.DagsterInstance.from_config(str(state.dagster))
        with emulators(state, People(seed=0, speed=1.0, unknown="invent")) as addresses:
            pachyderm = Pachyderm(addresses.pachd)
            for number, batch in enumerate(instance.get_dynamic_partitions(f"{PROJECT}_batches"), start=1):
                report(number, batch, instance, pachyderm)


def report(number: int, batch: str, instance: dg.DagsterInstance, pachyderm: Pachyderm) -> None:
    """The parts of one batch, in seconds."""
    committed = pachyderm.inspect_commit(f"{PROJECT}_headlines", batch)[0].started.timestamp()
    records = instance.get_run_records(dg.RunsFilter(tags={"dagster/partition": batch}), ascending=True)
    publish, collect = records[0], records[-1]
    steps = [record.end_time - record.start_time for record in (publish, collect)]
    starts = [
        record.start_time - record.create_timestamp.replace(tzinfo=timezone.utc).timestamp()
        for record in (publish, collect)
    ]
    answers = read_directory(pachyderm, dg.AssetKey([PROJECT, "raw_answers"]), batch, StoredAnswers).assignments
    done = [answer for answer in answers if answer.get("submitted")]  # others were skipped or expired
    last = max(datetime.fromisoformat(a["submitted"]).replace(tzinfo=timezone.utc).timestamp() for a in done)
    total = collect.end_time - committed
    crowd = last - publish.end_time
    sensing = total - crowd - sum(steps) - sum(starts)
    print(f"batch {number}: commit to dataset  {total:6.1f} s")
    print(f"  noticing (two sensors)   {sensing:6.1f} s")
    print(f"  starting (two runs)      {sum(starts):6.1f} s")
    print(f"  steps                    {sum(steps):6.1f} s")
    print(f"  the simulated crowd      {crowd:6.1f} s, {crowd / total:.0%} of the whole")


if __name__ == "__main__":
    main()
