"""Stage 1: layers 6-11 for late interaction with abstention, on the lower states of the train split."""
import random

import torch
import torch.nn as nn
import torch.nn.functional as F

from loop import Loop
from metrics import Tally
from network import NONE, LateInteraction

REPORTS, WIDE = 2, 2  # reports of a step whose questions are asked, and further ones that only lend their passages


@torch.no_grad()
def evaluate(model: LateInteraction, dev: list[dict]) -> str:
    model.eval()
    tally = {"ar": Tally(), "en": Tally()}
    for r in dev:
        logits, _ = model.scores(r["states"]["q"], r["states"]["ar"])
        for q, s in zip(r["questions"], logits):
            tally[q["lang"]].add(q, s.argsort(descending=True).tolist(), torch.logsumexp(s, 0).item())
    model.train()
    return "; ".join(f"{lang}: {t}" for lang, t in tally.items())


def loss_of(model: LateInteraction, asked: list[dict], wide: list[dict], text: str):
    """Cross-entropy over all passages and "no answer"; the same without the gold ones (target "no answer"); a dense contrastive term."""
    passages = [s for r in asked + wide for s in r["states"][text]]
    logits, cosines = model.scores([s for r in asked for s in r["states"]["q"]], passages)
    target, row, offset = torch.zeros(len(logits), logits.shape[1] + 1, dtype=torch.bool), 0, 1
    for r in asked:
        for q in r["questions"]:
            target[row, [offset + g for g in q["gold"]] or [0]] = True
            row += 1
        offset += len(r["passages"])
    answered = ~target[:, 0]
    full = torch.cat([torch.zeros(len(logits), 1), logits], 1)
    gold = lambda x, t: -torch.log_softmax(x, 1).masked_fill(~t, NONE).logsumexp(1).mean()
    removed = F.cross_entropy(full[answered].masked_fill(target[answered], NONE), torch.zeros(int(answered.sum()), dtype=torch.long))
    return gold(full, target) + 0.3 * removed + 0.3 * gold(cosines[answered] * model.dense_scale.exp(), target[answered][:, 1:])


def train(model: LateInteraction, train_set: list[dict], dev: list[dict], out, epochs: int):
    heads = [*model.project.parameters(), *model.weight.parameters(), *model.null.parameters()]
    optimizer = torch.optim.AdamW(
        [{"params": model.layers.parameters(), "lr": 5e-5}, {"params": heads, "lr": 2e-4}, {"params": [model.scale, model.bias, model.dense_scale], "lr": 3e-3}],
        weight_decay=0.01, betas=(0.9, 0.98))
    steps = len(train_set) // REPORTS
    loop = Loop("late", model, optimizer, out, epochs, steps, lambda: evaluate(model, dev))
    for _ in loop.epochs():
        order = random.sample(train_set, len(train_set))
        for step in range(steps):
            asked = order[step * REPORTS:(step + 1) * REPORTS]
            wide = random.sample([r for r in train_set if r not in asked], WIDE)
            loss = loss_of(model, asked, wide, "ar")
            if random.random() < 0.3:
                loss = loss + 0.5 * loss_of(model, asked, wide, "en")
            loop.step(loss)
