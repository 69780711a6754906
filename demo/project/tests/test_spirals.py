import numpy as np

from spirals.data import make_spirals
from spirals.model import Network
from spirals.train import train


def test_both_spirals_have_the_same_number_of_points():
    points, label = make_spirals(100)
    assert points.shape == (100, 2)
    assert label.sum() == 50


def test_a_step_makes_the_loss_smaller():
    points, label = make_spirals(100)
    network = Network(hidden=8)
    losses = [network.step(points, label, rate=0.01) for _ in range(50)]
    assert losses[-1] < losses[0]


def test_training_is_the_same_every_time():
    assert train(hidden=4, epochs=10) == train(hidden=4, epochs=10)


def test_predictions_are_labels():
    points, _ = make_spirals(10)
    assert set(np.unique(Network(hidden=4).predict(points))) <= {0, 1}
