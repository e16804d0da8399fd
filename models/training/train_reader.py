"""Stage 2: the reader, on top of the late interaction of stage 1, which also picks its negatives."""
import random

import torch
import torch.nn.functional as F

import loop
from metrics import Tally
from network import NONE, LateInteraction, Reader, place

REPORTS, QUESTIONS = 2, 24  # of one step: reports, questions of each
HARD, EASY = 3, 1  # passages shown with the gold one: best by late interaction, any other
CHUNK = 64  # pairs read at a time, of like length
TOP = 5  # passages read for the dev figures
SPAN_LIMIT = 40  # tokens


@torch.no_grad()
def with_late_logits(reports: list[dict], late: LateInteraction):
    """Adds `late` {ar, en: logits [questions, passages]}."""
    late.eval()
    for r in reports:
        r["late"] = {k: late.scores(r["states"]["q"], r["states"][k])[0] for k in ("ar", "en") if r["states"][k]}


def remember(reader: Reader, states):
    """lower states of passages -> one list of 4 layers' inputs a passage, each [t, HIDDEN]"""
    x, where = place(states)
    sizes = [len(s) for s in states]
    return list(zip(*(m.split(sizes) for m in reader.memory(x, where))))


def begin(reader: Reader, states):
    x, where = place(states)
    return reader.alone(x, where, 0).split([len(s) for s in states])


def read(reader: Reader, questions, memories):
    """pair by pair -> relevance [pairs], list of span logits [t, 2]; alike lengths are read together"""
    order = sorted(range(len(questions)), key=lambda i: len(memories[i][0]))
    relevance, spans = [], [None] * len(questions)
    for at in range(0, len(order), CHUNK):
        some = order[at:at + CHUNK]
        q, qw = place([questions[i] for i in some])
        memory = [place([memories[i][k] for i in some]) for k in range(len(memories[0]))]
        scores, logits = reader.read(q, qw, [m for m, _ in memory], memory[0][1])
        relevance.append(scores)
        for i, row in zip(some, logits):
            spans[i] = row[:len(memories[i][0])]
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(relevance)[back], spans


def best_span(logits):
    """[t, 2] -> first and last token of the span whose start and end logits sum highest"""
    n = len(logits)
    allowed = torch.ones(n, n).triu().tril(SPAN_LIMIT).bool()
    at = (logits[:, :1] + logits[:, 1][None]).masked_fill(~allowed, -1e9).argmax().item()
    return at // n, at % n


def overlap(a, b):
    """Token F1 of two spans."""
    common = min(a[1], b[1]) - max(a[0], b[0]) + 1
    return 2 * max(0, common) / (a[1] - a[0] + 1 + b[1] - b[0] + 1)


@torch.no_grad()
def evaluate(reader: Reader, dev: list[dict]) -> str:
    reader.eval()
    tally = {"ar": Tally(), "en": Tally()}
    for r in dev:
        memories, questions = remember(reader, r["states"]["ar"]), begin(reader, r["states"]["q"])
        top = [s.argsort(descending=True)[:TOP].tolist() for s in r["late"]["ar"]]
        relevance, spans = read(reader, [questions[i] for i, t in enumerate(top) for _ in t], [memories[p] for t in top for p in t])
        for i, (q, t) in enumerate(zip(r["questions"], top)):
            s, l = relevance[i * TOP:(i + 1) * TOP], r["late"]["ar"][i]
            order = [t[k] for k in (s + 0.5 * l[t]).argsort(descending=True)]
            f1, gold = None, r["spans"]["ar"][i]
            if gold:
                f1 = overlap(best_span(spans[i * TOP + t.index(order[0])]), gold) if order[0] == q["gold"][0] else 0.0
            tally[q["lang"]].add(q, order, (torch.logsumexp(s, 0) + 0.5 * torch.logsumexp(l, 0)).item(), f1)
    reader.train()
    return "; ".join(f"{lang}: {t}" for lang, t in tally.items())


def loss_of(reader: Reader, asked):
    """asked: [(report, text, [question numbers])]

    Cross-entropy over the passages shown and "no answer"; the same without the gold one (target "no answer"); start and end of the answer.
    """
    questions, memories, groups = [], [], []
    for r, text, numbers in asked:
        remembered, begun = remember(reader, r["states"][text]), begin(reader, [r["states"]["q"][i] for i in numbers])
        for i, q in zip(numbers, begun):
            gold = r["questions"][i]["gold"]
            shown = [random.choice(gold)] if gold else []
            others = [k for k in r["late"][text][i].argsort(descending=True).tolist() if k not in gold]
            rest = others[HARD + (0 if gold else 1):]
            use = shown + others[:len(others) - len(rest)] + random.sample(rest, min(EASY, len(rest)))
            groups.append((len(memories), len(use), bool(gold), r["spans"][text][i] if gold and shown[0] == gold[0] else None))
            memories += [remembered[k] for k in use]
            questions += [q] * len(use)
    relevance, spans = read(reader, questions, memories)
    rows = torch.nn.utils.rnn.pad_sequence([relevance[a:a + n] for a, n, _, _ in groups], batch_first=True, padding_value=NONE)
    full, target = torch.cat([torch.zeros(len(rows), 1), rows], 1), torch.tensor([int(hit) for _, _, hit, _ in groups])
    ranking = F.cross_entropy(full, target)
    answered = target == 1
    without = full[answered].clone()
    without[:, 1] = NONE
    removed = F.cross_entropy(without, torch.zeros(len(without), dtype=torch.long))
    marked = [(spans[a], x) for a, _, _, x in groups if x]
    logits = torch.nn.utils.rnn.pad_sequence([s for s, _ in marked], batch_first=True, padding_value=NONE)
    span = F.cross_entropy(logits.transpose(1, 2).flatten(0, 1), torch.tensor([x for _, x in marked]).flatten())
    return ranking + 0.3 * removed + 0.5 * span


def train(reader: Reader, train_set: list[dict], dev: list[dict], out, epochs: int):
    heads = [reader.segment, *(p for m in (reader.project, reader.weight, reader.match, reader.span, reader.pointer, reader.mark) for p in m.parameters())]
    optimizer = torch.optim.AdamW(
        [{"params": reader.layers.parameters(), "lr": 6e-5}, {"params": heads, "lr": 4e-4}, {"params": [reader.scale, reader.bias], "lr": 2e-3}],
        weight_decay=0.01, betas=(0.9, 0.98))

    def batches(epoch: int):
        draw = random.Random(f"reader {epoch}")
        visits = []
        for r in train_set:
            numbers = draw.sample(range(len(r["questions"])), len(r["questions"]))
            parts = max(1, round(len(numbers) / QUESTIONS))
            visits += [(r, numbers[part::parts]) for part in range(parts)]
        draw.shuffle(visits)
        return [visits[at:at + REPORTS] for at in range(0, len(visits) - REPORTS + 1, REPORTS)]

    def loss(batch):
        return loss_of(reader, [(r, "en" if r["en"] and random.random() < 0.2 else "ar", numbers) for r, numbers in batch])

    loop.run("reader", reader, optimizer, out, epochs, batches, loss, lambda: evaluate(reader, dev))
