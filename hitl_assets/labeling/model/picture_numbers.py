"""A picture as 288 numbers, without a model that would have to be downloaded: its colours, its edges, and how it looks
from afar."""

from collections.abc import Sequence

import numpy as np

from hitl_assets.labeling.model.decoding import open_picture

# It is stretched to this size. Edges are counted by direction in squares of SIDE pixels.
WIDTH, HEIGHT, SIDE = 64, 48, 16
BINS, DIRECTIONS, AFAR = 16, 8, (8, 6)
COUNT = 3 * BINS + (WIDTH // SIDE) * (HEIGHT // SIDE) * DIRECTIONS + 3 * AFAR[0] * AFAR[1]


class PictureNumbers:
    """The embedding of pictures that is used where a project names none."""

    def embed(self, contents: Sequence[str]) -> np.ndarray:
        """A row of 288 numbers for each picture: 48 of how frequent each tint of red, green and blue is, 96 of edges
        (4 x 3 squares, 8 directions), 144 of its colours in 8 x 6 spots."""
        return np.array([describe(path) for path in contents], dtype=np.float32).reshape(len(contents), COUNT)


def describe(path: str) -> np.ndarray:
    """The numbers of a picture, each from 0 to 1."""
    from PIL import Image

    small = open_picture(path, (WIDTH, HEIGHT))
    colours = np.asarray(small, dtype=float) / 255
    tints = [np.histogram(colours[..., each], BINS, (0, 1))[0] / (WIDTH * HEIGHT) for each in range(3)]
    spots = np.asarray(small.resize(AFAR, Image.Resampling.BOX), dtype=float) / 255
    return np.concatenate([*tints, describe_edges(colours.mean(axis=2)), spots.ravel()])


def describe_edges(grey: np.ndarray) -> np.ndarray:
    """Which share of all edges is in each square in each direction, as roots: faint edges count too.

    After Dalal and Triggs, Histograms of Oriented Gradients for Human Detection (2005); an edge between two directions
    counts for both.
    """
    down, across = np.gradient(grey)
    strength = np.hypot(down, across)
    direction = np.arctan2(down, across) % np.pi / np.pi * DIRECTIONS
    lower = np.floor(direction).astype(int)
    rest = direction - lower
    rows, columns = np.indices(grey.shape) // SIDE
    square = rows * (WIDTH // SIDE) + columns
    total = (HEIGHT // SIDE) * (WIDTH // SIDE) * DIRECTIONS
    found = np.zeros(total)
    for bins, share in ((lower % DIRECTIONS, 1 - rest), ((lower + 1) % DIRECTIONS, rest)):
        found += np.bincount((square * DIRECTIONS + bins).ravel(), (strength * share).ravel(), total)
    return np.sqrt(found / max(found.sum(), 1e-9))
