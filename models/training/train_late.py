"""Stage 1: layers 6-11 for late interaction with abstention, on the lower states of the train split."""
import random

import torch
import torch.nn.functional as F

import loop
from metrics import Tally
from network import HIDDEN, NONE, LateInteraction

REPORTS, WIDE = 2, 2  # reports of a step whose questions are asked, and further ones that only lend their passages
ARTICLES = 8  # of an encyclopedia, asked about together in every third step: other texts than reports must not be forgotten
HOLD = 3.0  # weight of staying near the base model's vectors


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


@torch.no_grad()
def with_base_vectors(reports: list[dict], base: LateInteraction):
    """Adds `vectors` {q, ar, en: [texts, HIDDEN]} of the untrained model."""
    for r in reports:
        r["vectors"] = {k: base.encode(s, 0)[0] if s else torch.empty(0, HIDDEN) for k, s in r["states"].items()}


def held(vectors, reports: list[dict], text: str):
    """Mean distance (1 - cosine) from the base model's vectors."""
    return 1 - (vectors * torch.cat([r["vectors"][text] for r in reports])).sum(-1).mean()


def loss_of(model: LateInteraction, asked: list[dict], wide: list[dict], text: str):
    """Cross-entropy over all passages and "no answer"; the same without the gold ones (target "no answer"); a dense contrastive term; staying near
    the base model."""
    passages = [s for r in asked + wide for s in r["states"][text]]
    logits, (qv, pv) = model.scores([s for r in asked for s in r["states"]["q"]], passages)
    cosines = qv @ pv.T
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
    dense = gold(cosines[answered] * model.dense_scale.exp(), target[answered][:, 1:])
    hold = held(qv, asked, "q") + held(pv, asked + wide, text)
    return gold(full, target) + (0.3 * removed if answered.any() else 0) + 0.3 * dense + HOLD * hold


def train(model: LateInteraction, train_set: list[dict], articles: list[dict], dev: list[dict], out, epochs: int):
    heads = [*model.project.parameters(), *model.weight.parameters(), *model.null.parameters()]
    optimizer = torch.optim.AdamW(
        [{"params": model.layers.parameters(), "lr": 5e-5}, {"params": heads, "lr": 2e-4}, {"params": [model.scale, model.bias, model.dense_scale], "lr": 3e-3}],
        weight_decay=0.01, betas=(0.9, 0.98))

    def batches(epoch: int):
        draw = random.Random(f"late {epoch}")
        order = draw.sample(train_set, len(train_set))
        asked = [order[at:at + REPORTS] for at in range(0, len(order) - REPORTS + 1, REPORTS)]
        return [(a, draw.sample([r for r in train_set if r not in a], WIDE), draw.sample(articles, ARTICLES) if i % 3 == 0 else []) for i, a in enumerate(asked)]

    def loss(batch):
        asked, wide, further = batch
        total = loss_of(model, asked, wide, "ar")
        if random.random() < 0.3:
            total = total + 0.5 * loss_of(model, asked, wide, "en")
        return total + 0.5 * loss_of(model, further, [], "ar") if further else total

    loop.run("late", model, optimizer, out, epochs, batches, loss, lambda: evaluate(model, dev))
