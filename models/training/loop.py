"""One resumable training loop: learning-rate schedule, progress bar, checkpoints, a line of figures an epoch."""
import random
from pathlib import Path

import torch
import torch.nn as nn
from tqdm import tqdm

WARM_UP = 30  # steps
SAVE_EVERY = 50  # steps


def run(name: str, model, optimizer, out: Path, epochs: int, batches, loss_of, evaluate):
    """
    Trains `model` and leaves it as the last checkpoint has it.

    batches: epoch number -> list of batches, the same for the same number, and as many for each
    loss_of: batch -> loss; what it draws at random is seeded by the step, so an interrupted run goes on as if it had not been
    evaluate: -> text
    """
    steps, done = len(batches(0)), 0
    rates = [g["lr"] for g in optimizer.param_groups]
    if out.exists():
        saved = torch.load(out, weights_only=False)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        done = saved["done"]
    else:
        print(f"{name}, at first: {evaluate()}", flush=True)

    def save():
        part = out.with_suffix(".part")
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "done": done}, part)
        part.replace(out)

    while done < epochs * steps:
        epoch, first = divmod(done, steps)
        with tqdm(total=steps, initial=first, desc=f"{name} {epoch + 1}/{epochs}", mininterval=5) as bar:
            for batch in batches(epoch)[first:]:
                random.seed(done), torch.manual_seed(done)
                for group, rate in zip(optimizer.param_groups, rates):
                    group["lr"] = rate * min(1, (done + 1) / WARM_UP) * max(0.02, 1 - done / (epochs * steps))
                loss = loss_of(batch)
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], 1.0)
                optimizer.step()
                done += 1
                bar.set_postfix_str(f"loss {loss.item():.3f}", refresh=False)
                bar.update()
                if done % SAVE_EVERY == 0:
                    save()
        save()
        print(f"{name}, epoch {epoch + 1}: {evaluate()}", flush=True)
