import numpy as np


def make_spirals(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Points of two spirals in the plane, and which of the two each belongs to (0 or 1)."""
    random = np.random.default_rng(seed)
    label = np.arange(count) % 2
    angle = np.sqrt(random.uniform(0.02, 1, count)) * 3 * np.pi
    turned = angle + label * np.pi
    points = np.stack([angle * np.cos(turned), angle * np.sin(turned)], axis=1) / (3 * np.pi)
    return points + random.normal(0, 0.01, points.shape), label
