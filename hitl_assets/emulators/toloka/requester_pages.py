"""Read-only pages at the addresses that Toloka's requester interface has: where a stored link leads."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any

from hitl_assets.emulators.toloka.admission.hindrances import hindrances
from hitl_assets.emulators.toloka.pools.pools import read_pool
from hitl_assets.emulators.toloka.projects.projects import read_project
from hitl_assets.emulators.toloka.storage.state import State

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}}
th{{text-align:left;padding-right:2em;font-weight:normal;color:#555}}pre{{overflow:auto;background:#f4f4f4;padding:1em}}
</style><h1>{title}</h1><p>An emulated Toloka: nobody is paid here.</p>{link}<table>{rows}</table>
<h2>Configuration</h2><pre>{form}</pre></html>"""


def project_page(state: State, path: Mapping[str, str]) -> str:
    """A project and its pools.

    Raises:
        ApiError: there is no such project.
    """
    project = read_project(state, path["project"])
    form = json.loads(project["form"])
    pools = state.store.all("SELECT type, status FROM pools WHERE project_id = ?", project["id"])
    facts = {"status": project["status"], "created": project["created"], "pools and trainings": len(pools)}
    return _page(str(form.get("public_name")), facts, form)


def pool_page(state: State, path: Mapping[str, str]) -> str:
    """A pool or a training, and how far it is.

    Raises:
        ApiError: there is no such pool.
    """
    pool = read_pool(state, path["pool"], kind=None)
    form = json.loads(pool["form"])
    counts = state.store.all(
        "SELECT status, count(*) AS number FROM assignments WHERE pool_id = ? GROUP BY status ORDER BY status",
        pool["id"],
    )
    tasks = state.store.all("SELECT kind, count(*) AS number FROM tasks WHERE pool_id = ? GROUP BY kind", pool["id"])
    facts = {"status": pool["status"], "closed because": pool["last_close_reason"] or "", "created": pool["created"]}
    facts |= {f"{row['kind'].lower()} tasks": row["number"] for row in tasks}
    facts |= {f"assignments {row['status'].lower()}": row["number"] for row in counts}
    unanswered = state.unanswered.in_words(pool["id"])
    facts |= {"not handed in": unanswered} if unanswered else {}
    reasons = " ".join(hindrances(state, pool))
    if pool["status"] == "OPEN" and reasons:
        facts["nobody can come"] = reasons
    kind = "training" if pool["type"] == "TRAINING" else "pool"
    preview = f"/requester/project/{pool['project_id']}/{kind}/{pool['id']}/preview"
    return _page(str(form.get("private_name")), facts, form, f'<p><a href="{preview}">What the crowd will see</a></p>')


def _page(title: str, facts: Mapping[str, Any], form: Mapping[str, Any], link: str = "") -> str:
    # What requesters and workers wrote is data: nothing of it may become markup.
    rows = "".join(f"<tr><th>{html.escape(name)}<td>{html.escape(str(value))}" for name, value in facts.items())
    text = html.escape(json.dumps(form, indent=1, ensure_ascii=False))
    return PAGE.format(title=html.escape(title), link=link, rows=rows, form=text)
