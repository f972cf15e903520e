"""What labeling services are like: by these traits, and never by a name, others tell them apart."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Traits:
    """What holds of a service.

    `is_paid`: answers cost money, so there are caps. `closes_itself`: a pool ends when all is answered; otherwise it is
    complete for now. `answers_change`: also after they were collected. `takes_predictions`: people see what a model
    says. `can_ask_again`: about single items. `reviews`: answers are looked at before they count. `has_overlap`:
    several people answer one item.
    """

    is_paid: bool = False
    closes_itself: bool = False
    answers_change: bool = False
    takes_predictions: bool = False
    can_ask_again: bool = False
    reviews: bool = False
    has_overlap: bool = False


@dataclass(frozen=True)
class Part:
    """Something that a service has once for a project: what it is, and whether it is made of training tasks."""

    name: str
    description: str
    is_training: bool = False


@dataclass(frozen=True)
class Service:
    """A labeling service as projects know it: its name in the YAML and among the resources, its title for people, its
    traits, and what is created once."""

    name: str
    title: str
    traits: Traits
    parts: tuple[Part, ...] = ()


TOLOKA = Service(
    "toloka",
    "Toloka",
    Traits(
        is_paid=True,
        closes_itself=True,
        takes_predictions=True,
        can_ask_again=True,
        reviews=True,
        has_overlap=True,
    ),
    (
        Part(
            "project",
            "What workers are asked: the project in Toloka.\n\nWith what they see, and the form of their answers.",
        ),
        Part(
            "training",
            "The training that workers pass before the pools.\n\nIt is open in Toloka, with all training tasks.",
            is_training=True,
        ),
    ),
)
