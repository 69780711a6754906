import numpy as np


class Network:
    """Two hidden layers of tanh and one logit, trained by Adam on the mean log loss."""

    def __init__(self, hidden: int, seed: int = 0) -> None:
        random = np.random.default_rng(seed)
        sizes = [(2, hidden), (hidden, hidden), (hidden, 1)]
        self.weights = [random.normal(0, 3 / np.sqrt(rows), (rows, columns)) for rows, columns in sizes]
        self.weights[-1] /= 3
        self.biases = [np.zeros(columns) for _, columns in sizes]
        self.moments = [(np.zeros_like(p), np.zeros_like(p)) for p in self.parameters()]
        self.steps = 0

    def parameters(self) -> list[np.ndarray]:
        return [*self.weights, *self.biases]

    def layers(self, points: np.ndarray) -> list[np.ndarray]:
        """The input, the output of each hidden layer, and the logit."""
        outputs = [points]
        for weight, bias in zip(self.weights[:-1], self.biases[:-1]):
            outputs.append(np.tanh(outputs[-1] @ weight + bias))
        outputs.append(outputs[-1] @ self.weights[-1] + self.biases[-1])
        return outputs

    def predict(self, points: np.ndarray) -> np.ndarray:
        return (self.layers(points)[-1][:, 0] > 0).astype(int)

    def step(self, points: np.ndarray, label: np.ndarray, rate: float) -> float:
        """One step of Adam on all points; returns the loss before it."""
        outputs = self.layers(points)
        logit = outputs[-1][:, 0]
        loss = np.mean(np.logaddexp(0, logit) - label * logit)
        error = ((1 / (1 + np.exp(-logit)) - label) / len(label))[:, None]
        by_weight, by_bias = [], []
        for index in (2, 1, 0):
            by_weight.insert(0, outputs[index].T @ error)
            by_bias.insert(0, error.sum(axis=0))
            error = (error @ self.weights[index].T) * (1 - outputs[index] ** 2)
        self.steps += 1
        for parameter, gradient, (mean, square) in zip(self.parameters(), by_weight + by_bias, self.moments):
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient**2 - square)
            unbiased = mean / (1 - 0.9**self.steps), square / (1 - 0.999**self.steps)
            parameter -= rate * unbiased[0] / (np.sqrt(unbiased[1]) + 1e-8)
        return float(loss)
