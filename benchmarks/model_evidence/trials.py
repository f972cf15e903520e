"""Batches on trial: where labels by people are too noisy to prove that a model is good, or a batch is strange."""

from collections.abc import Iterator

import numpy as np

from benchmarks.model_evidence.noise import SAID, World, draw
from hitl_assets.labeling.model.audits import judge_audit
from hitl_assets.labeling.model.evidence import AUDITED, compare, reconsider
from hitl_assets.labeling.model.routing import AUDIT, MODEL, judge_trust, route_items
from hitl_assets.labeling.project.automation import Model
from hitl_assets.labeling.records import Prediction

LABELS = 1400
TARGETS = (0.95, 0.99)
BATCHES = (400, 1000)
# How much less sure the model is of a strange batch.
LESS_SURE = 0.1


def try_batch(target: float, batch: int, accuracy: float, shift: float, seed: int) -> tuple[float, float, bool]:
    """The shares of a batch that people audit and that the model labels in the end, and whether it was on trial.

    The model is right in 99.6 % by labels of which 3 % are wrong, and in `accuracy` in this batch.
    """
    chance = np.random.default_rng([seed, batch])
    probability, is_right, people_right, said = draw(World(LABELS, 0.996, SAID, slope=3), chance)
    rows = zip(probability, is_right == people_right, 1 - said, strict=True)
    evidence = [compare(float(p), bool(agrees), float(confidence)) for p, agrees, confidence in rows]
    sure, right, _, _ = draw(World(batch, accuracy, 0.0), chance)
    every = [Prediction(f"{seed} {at}", "a", float(p) - shift, "m") for at, p in enumerate(sure)]
    model = Model(target_accuracy=target)
    trust = judge_trust(every, evidence, model)
    routes = route_items(every, trust.threshold, model.audit, target, trust.least)
    audited = [at for at, each in enumerate(every) if routes[each.item_key] == AUDIT]
    found = [reconsider(every[at].probability, bool(right[at]), 1.0, AUDITED) for at in audited]
    failed = judge_audit(found, target, trust.terms).has_failed
    by_model = 0 if failed else sum(route == MODEL for route in routes.values())
    return len(audited) / batch, by_model / batch, trust.terms.must_prove


def trials(seeds: int) -> Iterator[tuple[str, ...]]:
    """What is audited, how often the model labels something, and how much."""
    for target in TARGETS:
        for batch in BATCHES:
            for name, shift in (("like the evidence", 0.0), ("strange", LESS_SURE)):
                for accuracy in (0.996, target - 0.01, 0.8):
                    found = [try_batch(target, batch, accuracy, shift, seed) for seed in range(seeds)]
                    audited, by_model, on_trial = np.mean(found, axis=0)
                    used = np.mean([each[1] > 0 for each in found])
                    cells = (f"{each:.0%}" for each in (on_trial, audited, used, by_model))
                    yield (str(target), str(batch), name, f"{accuracy:.1%}", *cells)
