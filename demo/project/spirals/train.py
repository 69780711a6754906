"""python -m spirals.train: trains the network and says how well it does on points it has not seen."""

import socket

import numpy as np

from spirals.data import make_spirals
from spirals.model import Network

HIDDEN = 2
EPOCHS = 600
RATE = 0.02


def train(hidden: int = HIDDEN, epochs: int = EPOCHS) -> float:
    points, label = make_spirals(400)
    network = Network(hidden)
    for epoch in range(epochs + 1):
        loss = network.step(points, label, RATE)
        if epoch % (epochs // 5) == 0:
            print(f"epoch {epoch:4d}  loss {loss:.4f}", flush=True)
    unseen, truth = make_spirals(400, seed=1)
    return float(np.mean(network.predict(unseen) == truth))


if __name__ == "__main__":
    print(f"{HIDDEN} hidden units on {socket.gethostname()}")
    print(f"accuracy {train():.1%}")
