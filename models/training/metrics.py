"""What the training prints about the dev split."""
import torch


def auc(positive: list[float], negative: list[float]) -> float:
    """Probability that a positive scores above a negative (Mann-Whitney)."""
    if not positive or not negative:
        return float("nan")
    p, n = torch.tensor(positive), torch.tensor(negative)
    return ((p[:, None] > n).float() + 0.5 * (p[:, None] == n).float()).mean().item()


def balanced(positive: list[float], negative: list[float]) -> float:
    """Best mean of the two rates of right decisions over all thresholds."""
    best = 0.0
    for t in sorted(positive + negative):
        best = max(best, (sum(c >= t for c in positive) / len(positive) + sum(c < t for c in negative) / len(negative)) / 2)
    return best


class Tally:
    """Collects ranking and confidence of one language's questions."""

    def __init__(self):
        self.first, self.three, self.yes, self.no, self.near, self.f1 = [], [], [], [], [], []

    def add(self, question: dict, order: list[int], confidence: float, f1=None):
        if question["gold"]:
            self.first.append(order[0] in question["gold"])
            self.three.append(any(p in question["gold"] for p in order[:3]))
            self.yes.append(confidence)
            if f1 is not None:
                self.f1.append(f1)
        else:
            self.no.append(confidence)
            if question["kind"] != "unanswerable-far":
                self.near.append(confidence)

    def __str__(self):
        mean = lambda x: sum(x) / max(1, len(x))
        text = f"R@1 {mean(self.first):.3f} R@3 {mean(self.three):.3f} AUC {auc(self.yes, self.no):.3f} near {auc(self.yes, self.near):.3f} balanced {balanced(self.yes, self.no):.3f}"
        return text + (f" span F1 {mean(self.f1):.3f}" if self.f1 else "")
