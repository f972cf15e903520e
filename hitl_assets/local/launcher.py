"""The run launcher of one machine: Dagster's own, and it notices when a run's process is gone, whoever started it."""

import os
from pathlib import Path

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG

PID = "pid"
LOOPBACK = ('"127.0.0.1"', '"localhost"')
# The time of the last boot is known to the second.
TOLERANCE = 2.0


class LocalRunLauncher(DefaultRunLauncher):
    """Starts runs as processes of the code server, and lets run monitoring see which of them are gone.

    Dagster's own leaves that to the code server that started the process. If both end together (a power cut, a killed
    container), the run would stay STARTED and keep its concurrency slot for ever.
    """

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Run monitoring asks about each run that is under way."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """RUNNING, or NOT_FOUND if the process is gone. A process on another machine can't be seen: RUNNING."""
        where = run.tags.get(GRPC_INFO_TAG, "")
        started = last_start(self._instance, run.run_id)
        if started is None or not any(host in where for host in LOOPBACK):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        pid, moment = started
        if is_alive(pid, moment):
            return CheckRunHealthResult(WorkerStatus.RUNNING, run_worker_id=str(pid))
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, f"Process {pid} is gone.", run_worker_id=str(pid))


def last_start(instance: dg.DagsterInstance, run_id: str) -> tuple[int, float] | None:
    """The id of the process that a run was last started in, and when that was (seconds since the epoch)."""
    for record in reversed(instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT).records):
        event = record.event_log_entry.dagster_event
        pid = event.engine_event_data.metadata.get(PID) if event else None
        if pid is not None:
            return int(str(pid.value)), record.event_log_entry.timestamp
    return None


def is_alive(pid: int, before: float) -> bool:
    """Whether the process that had this id at that time still runs: ids are given again."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False  # Somebody else's process by now: ours are our own.
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime"))
    except OSError:
        return True  # a system without /proc
    started = float(boot.split()[1]) + float(fields[18]) / os.sysconf("SC_CLK_TCK")
    return state != "Z" and started <= before + TOLERANCE
