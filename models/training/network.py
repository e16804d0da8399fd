"""The networks: layers of the base model, the lower half that stays as it is, and what is trained on top of it.

Shapes: n texts or pairs, t tokens (padded), HIDDEN dimensions. A mask is true where there is a token.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from base import EPSILON, FFN, HEADS, HIDDEN, LAYERS, Base

LOWER = 6  # layers 0-5 are never trained: their states serve the encoder and the reader
JOINT = 8  # from this layer on question tokens read the passage
QUERY_SKIP, PASSAGE_SKIP = 4, 3  # <s> and the pieces of "query: " / "passage: "
NONE = -1e4


class Place:
    """Where packed tokens stand in a padded batch: all but attention is computed on real tokens only."""

    def __init__(self, mask):
        self.mask = mask  # [n, t]
        self.index = mask.flatten().nonzero()[:, 0]

    def spread(self, x):
        """[tokens, d] -> [n, t, d], zero where there is none"""
        return x.new_zeros(self.mask.numel(), x.shape[-1]).index_copy(0, self.index, x).view(*self.mask.shape, -1)

    def pack(self, x):
        """[n, t, d] -> [tokens, d]"""
        return x.flatten(0, 1).index_select(0, self.index)


def place(rows: list[torch.Tensor]):
    """list of [t, d] -> packed float [tokens, d], their place"""
    lengths = torch.tensor([len(r) for r in rows])
    return torch.cat(rows).float(), Place(torch.arange(int(lengths.max()))[None] < lengths[:, None])


class Layer(nn.Module):
    """One post-norm BERT layer; `memory` lets its tokens attend to further states besides their own."""

    def __init__(self, base: Base, i: int):
        super().__init__()

        def linear(name, outputs, inputs):
            layer = nn.Linear(inputs, outputs)
            layer.weight.data = torch.tensor(base.tensor(f"l{i}.{name}.w", outputs, inputs))
            layer.bias.data = torch.tensor(base.tensor(f"l{i}.{name}.b", outputs))
            return layer

        def norm(name):
            layer = nn.LayerNorm(HIDDEN, eps=EPSILON)
            layer.weight.data, layer.bias.data = (torch.tensor(base.tensor(f"l{i}.{name}.{p}", HIDDEN)) for p in "wb")
            return layer

        self.q, self.k, self.v, self.out = (linear(n, HIDDEN, HIDDEN) for n in ("q", "k", "v", "ao"))
        self.up, self.down = linear("fi", FFN, HIDDEN), linear("fo", HIDDEN, FFN)
        self.norm1, self.norm2 = norm("aln"), norm("oln")

    def forward(self, x, where, memory=None, around=None):
        """x [tokens, HIDDEN] packed, where they stand; memory and its place likewise -> x after the layer"""
        keys, values, mask = where.spread(self.k(x)), where.spread(self.v(x)), where.mask
        if memory is not None:
            keys, values = torch.cat([keys, around.spread(self.k(memory))], 1), torch.cat([values, around.spread(self.v(memory))], 1)
            mask = torch.cat([mask, around.mask], 1)
        split = lambda h: h.view(h.shape[0], h.shape[1], HEADS, HIDDEN // HEADS).transpose(1, 2)
        a = F.scaled_dot_product_attention(split(where.spread(self.q(x))), split(keys), split(values), attn_mask=mask[:, None, None, :])
        x = self.norm1(x + self.out(where.pack(a.transpose(1, 2).flatten(2))))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class Lower(nn.Module):
    """Embeddings and layers 0-5."""

    def __init__(self, base: Base, keep: list[int]):
        super().__init__()
        self.word = torch.tensor(base.tensor("emb.word", -1, HIDDEN))[keep]
        self.position = torch.tensor(base.tensor("emb.pos", -1, HIDDEN) + base.tensor("emb.type", -1, HIDDEN)[:1])
        self.norm = nn.LayerNorm(HIDDEN, eps=EPSILON)
        self.norm.weight.data, self.norm.bias.data = torch.tensor(base.tensor("emb.ln.w", HIDDEN)), torch.tensor(base.tensor("emb.ln.b", HIDDEN))
        self.layers = nn.ModuleList(Layer(base, i) for i in range(LOWER))

    @torch.no_grad()
    def states(self, ids: list[list[int]], batch: int = 32) -> list[torch.Tensor]:
        """-> one float16 tensor [tokens, HIDDEN] a text"""
        out: list = [None] * len(ids)
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        for at in range(0, len(order), batch):
            some = order[at:at + batch]
            h, where = place([F.embedding(torch.tensor(ids[i]), self.word) + self.position[:len(ids[i])] for i in some])
            h = self.norm(h)
            for layer in self.layers:
                h = layer(h, where)
            for row, i in zip(h.split([len(ids[i]) for i in some]), some):
                out[i] = row.to(torch.float16)
        return out


def content(mask, skip):
    """The mask without the first `skip` tokens and the last one, </s>."""
    out = mask.clone()
    out[torch.arange(len(mask)), mask.sum(1) - 1] = False
    out[:, :skip] = False
    return out


class LateInteraction(nn.Module):
    """Layers 6-11 and the heads of late interaction.

    score(q, p) = exp(scale) * (sum_i w_i max_j cos(q_i, p_j) - bias) - null(q); w = softmax of a linear map of the question's states
    (Khattab & Zaharia 2020, arXiv 2004.12832, with learned token weights). "No answer" is one more candidate, of logit 0.
    """

    def __init__(self, base: Base):
        super().__init__()
        self.layers = nn.ModuleList(Layer(base, i) for i in range(LOWER, LAYERS))
        self.project, self.weight, self.null = nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, 1), nn.Linear(HIDDEN, 1)
        nn.init.eye_(self.project.weight), nn.init.zeros_(self.project.bias)
        for layer in (self.weight, self.null):
            nn.init.zeros_(layer.weight), nn.init.zeros_(layer.bias)
        self.scale, self.bias, self.dense_scale = (nn.Parameter(torch.tensor(v)) for v in (math.log(25.0), 0.85, math.log(40.0)))

    def encode(self, states, skip):
        """-> vectors [n, HIDDEN] (unit), token states [n, t, HIDDEN] (unit), content mask [n, t], last hidden states [n, t, HIDDEN]"""
        x, where = place(states)
        for layer in self.layers:
            x = layer(x, where)
        x, mask = where.spread(x), where.mask
        vectors = F.normalize((x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=-1)
        return vectors, F.normalize(self.project(x), dim=-1), content(mask, skip), x

    def scores(self, questions, passages):
        """-> logits [questions, passages], vectors of both [questions, HIDDEN], [passages, HIDDEN]"""
        pv, pt, pm, _ = self.encode(passages, PASSAGE_SKIP)
        qv, qt, qm, qh = self.encode(questions, QUERY_SKIP)
        w = torch.softmax(self.weight(qh)[..., 0].masked_fill(~qm, NONE), -1)
        best = torch.einsum("qid,pjd->qpij", qt, pt).masked_fill(~pm[None, :, None], -2).max(-1).values
        return (torch.einsum("qpi,qi->qp", best, w) - self.bias) * self.scale.exp() - self.null(qv), (qv, pv)


class Reader(nn.Module):
    """Reads question and passage together, at the cost of little more than the question.

    Layers 6-7 see each text alone. In layers 8-10 the question's tokens attend to the passage's as well, which do not attend back: so all that
    depends on the passage alone is computed once, when it is indexed (after DeFormer, Cao et al. 2020, arXiv 2005.00697, and MORES, Gao et al.
    2020, arXiv 2004.13313). In layer 11 all tokens attend to all.

    relevance = exp(scale) * (sum_i w_i max_j cos(q_i, p_j) - bias) over the joint states + a small network on the pooled states that begins at
    zero; "no answer" has logit 0. Start and end of the answer: a linear map of the passage's states, a product with the question's, and a small
    network on both that begins at zero.
    """

    def __init__(self, late: LateInteraction):
        super().__init__()
        self.layers, self.project, self.weight = late.layers, late.project, late.weight
        self.scale, self.bias = nn.Parameter(late.scale.data.clone()), nn.Parameter(late.bias.data.clone())
        self.segment = nn.Parameter(torch.zeros(2, HIDDEN))
        self.match = nn.Sequential(nn.Linear(3 * HIDDEN, 128), nn.GELU(), nn.Linear(128, 1))
        self.span, self.pointer = nn.Linear(HIDDEN, 2), nn.Linear(2 * HIDDEN, 2 * HIDDEN)
        self.mark = nn.Sequential(nn.Linear(2 * HIDDEN, 192), nn.GELU(), nn.Linear(192, 2))
        for layer in (self.match[2], self.pointer, self.mark[2]):
            nn.init.zeros_(layer.weight), nn.init.zeros_(layer.bias)
        nn.init.normal_(self.span.weight, std=0.02), nn.init.zeros_(self.span.bias)

    def alone(self, x, where, segment):
        """Layers 6-7 -> input of layer 8, packed."""
        for layer in self.layers[:JOINT - LOWER]:
            x = layer(x, where)
        return x + self.segment[segment]

    def memory(self, x, where):
        """A passage's lower states -> inputs of layers 8, 9, 10, 11, packed: all that the index keeps of it."""
        out = [self.alone(x, where, 1)]
        for layer in self.layers[JOINT - LOWER:-1]:
            out.append(layer(out[-1], where))
        return out

    def read(self, q, qw, memory, pw):
        """question at layer 8, passage's memory, pair by pair, packed -> relevance [n], start and end logits [n, t, 2]"""
        for layer, m in zip(self.layers[JOINT - LOWER:-1], memory):
            q = layer(q, qw, m, pw)
        n = qw.mask.shape[1]
        both = Place(torch.cat([qw.mask, pw.mask], 1))
        x = both.spread(self.layers[-1](both.pack(torch.cat([qw.spread(q), pw.spread(memory[-1])], 1)), both))
        q, p, qc, pc = x[:, :n], x[:, n:], content(qw.mask, QUERY_SKIP), content(pw.mask, PASSAGE_SKIP)
        unit = lambda h: F.normalize(self.project(h), dim=-1)
        best = (unit(q) @ unit(p).transpose(1, 2)).masked_fill(~pc[:, None], -2).max(-1).values
        w = torch.softmax(self.weight(q)[..., 0].masked_fill(~qc, NONE), -1)
        pooled = (w[..., None] * q).sum(1)
        relevance = ((best * w).sum(1) - self.bias) * self.scale.exp() + self.match(torch.cat([q[:, 0], p[:, 0], pooled], 1))[:, 0]
        pointer = self.pointer(torch.cat([q[:, 0], pooled], 1)).view(-1, 2, HIDDEN) / math.sqrt(HIDDEN)
        mark = self.mark(torch.cat([p, p * pooled[:, None]], -1))
        return relevance, (self.span(p) + p @ pointer.transpose(1, 2) + mark).masked_fill(~pc[..., None], NONE)
