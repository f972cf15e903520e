"""Who labels an item, people or the model: by the threshold that the evidence supports, with a random audit of the
model.

How thresholds are found is in threshold.py, what an audit says in audits.py.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hitl_assets.labeling.model.audits import (
    ORDINARY,
    RISK_OVER_BATCHES,
    Terms,
    audit_size,
    odds_against,
    smallest_trial,
)
from hitl_assets.labeling.model.evidence import AUDITED, Evidence
from hitl_assets.labeling.model.threshold import Threshold, choose_threshold, hope_for_threshold, is_other_kind
from hitl_assets.labeling.project.automation import Audit, Model
from hitl_assets.labeling.records import Prediction

CROWD, MODEL, AUDIT = "crowd", "model", "audit"


@dataclass(frozen=True)
class Trust:
    """How far a batch's predictions are trusted: from which threshold on (None: not at all), how many of the surest
    items an audit is to have at least, and by what that is judged."""

    threshold: Threshold | None
    least: int = 0
    terms: Terms = ORDINARY


def judge_trust(predictions: Sequence[Prediction], evidence: Sequence[Evidence], model: Model) -> Trust:
    """How far the predictions for a batch are trusted, by what is known of the model.

    A batch of another kind, or one of a model about which the evidence is promising but too little, is on trial: its
    audit is so large that it can prove by itself that the model is right there as often as it should be. Where that
    would leave the model nothing, and where earlier audits together say that it is wrong too often, people label the
    batch.
    """
    earlier = tuple(each for each in evidence if each.source == AUDITED)
    is_strange = is_other_kind(predictions, evidence)
    ordinary = Terms(earlier, is_strange=is_strange)
    if odds_against(earlier, 1 - model.target_accuracy) >= 1 / RISK_OVER_BATCHES:
        return Trust(None, terms=ordinary)
    proven = choose_threshold(evidence, model.target_accuracy)
    if proven and not is_strange:
        return Trust(proven, terms=ordinary)
    hoped = proven or hope_for_threshold(evidence, model.target_accuracy)
    if hoped is None:
        return Trust(None, terms=ordinary)
    allowed = 1 - model.target_accuracy
    least = smallest_trial(allowed, max(allowed / 10, min(allowed / 2, 1 - hoped.accuracy)))
    sure = sum(each.probability >= hoped.probability for each in predictions)
    if least >= sure:
        return Trust(None, terms=ordinary)
    return Trust(hoped, least, Terms(earlier, must_prove=True, is_strange=is_strange))


def route_items(
    predictions: Sequence[Prediction], threshold: Threshold | None, audit: Audit, target: float, least: int = 0
) -> Mapping[str, str]:
    """The route of each predicted item by its key. Which items are audited is random, and the same on a rerun; `least`:
    so many of them at least."""
    sure = [each for each in predictions if threshold is not None and each.probability >= threshold.probability]
    drawn = sorted(sure, key=lambda each: hashlib.sha256(f"audit {each.item_key}".encode()).digest())
    audited = {each.item_key for each in drawn[: max(least, audit_size(len(sure), audit, target))]}
    routes = dict.fromkeys((each.item_key for each in predictions), CROWD)
    return {**routes, **{each.item_key: AUDIT if each.item_key in audited else MODEL for each in sure}}
