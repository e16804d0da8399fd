"""One resumable training loop: learning-rate schedule, progress bar, a checkpoint and a line of figures an epoch."""
import random
from pathlib import Path

import torch
import torch.nn as nn
from tqdm import tqdm

WARM_UP = 30  # steps


class Loop:
    def __init__(self, name, model, optimizer, out: Path, epochs: int, steps: int, evaluate):
        self.name, self.model, self.optimizer, self.out, self.total = name, model, optimizer, out, epochs
        self.steps, self.evaluate, self.begun, self.done = steps, evaluate, 0, 0
        self.rates = [g["lr"] for g in optimizer.param_groups]

    def epochs(self):
        """Yields the numbers of the epochs still to do; what was done before is read from the checkpoint."""
        torch.manual_seed(0), random.seed(0)
        if self.out.exists():
            saved = torch.load(self.out, weights_only=False)
            self.model.load_state_dict(saved["model"])
            self.begun = saved["epoch"] + 1
            if self.begun < self.total:
                self.optimizer.load_state_dict(saved["optimizer"])
                random.setstate(saved["random"])
        else:
            print(f"{self.name}, untrained: {self.evaluate()}", flush=True)
        for epoch in range(self.begun, self.total):
            self.done = epoch * self.steps
            with tqdm(total=self.steps, desc=f"{self.name} {epoch + 1}/{self.total}", mininterval=2) as self.bar:
                yield epoch
            print(f"{self.name}, epoch {epoch + 1}: {self.evaluate()}", flush=True)
            state = {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), "epoch": epoch, "random": random.getstate()}
            part = self.out.with_suffix(".part")
            torch.save(state, part)
            part.replace(self.out)

    def step(self, loss):
        """Linear warm-up and decay; gradients clipped to norm 1."""
        for group, rate in zip(self.optimizer.param_groups, self.rates):
            group["lr"] = rate * min(1, (self.done + 1) / WARM_UP) * max(0.02, 1 - self.done / (self.total * self.steps))
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([p for g in self.optimizer.param_groups for p in g["params"]], 1.0)
        self.optimizer.step()
        self.done += 1
        self.bar.set_postfix_str(f"loss {loss.item():.3f}", refresh=False)
        self.bar.update()
