"""Writes the trained networks as ONNX: the encoder (of questions), what is computed of a passage, and the reader.

Linear layers have 8-bit weights, in blocks of 128 along the input: in the encoder as MatMulNBits (int8 activations inside the kernel), in the other two
unpacked when they are loaded. Each weight is written once: the graph of passages takes the encoder's out of the encoder's file, and the reader's out of the
file that both share. The embedding table keeps the base model's own 4-bit blocks. onnxruntime 1.20 or newer.
"""
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, external_data_helper, helper, numpy_helper

from base import EPSILON, FFN, HEADS, HIDDEN, LAYERS, Base
from network import JOINT, LOWER, PASSAGE_SKIP, QUERY_SKIP

BLOCK = 128  # weights that share a scale
TABLE_BLOCK = 32  # of the base model's table
MS = "com.microsoft"
REMEMBERED = LAYERS - JOINT  # layers whose inputs the index keeps


class Graph:
    """Collects nodes and weights; every value is named once."""

    def __init__(self, unpacked=False):
        """
        unpacked: 8-bit weights become float32 when the graph is loaded (onnxruntime folds what is constant). For many rows at a time, as passages have
        them, that is half as fast again as MatMulNBits, which pays for the few of a question.
        """
        self.nodes, self.weights, self.count, self.unpacked, self.matrices = [], {}, 0, unpacked, {}

    def include(self, model: onnx.ModelProto):
        """Takes over the nodes and weights of a graph, its linear maps unpacked."""
        self.weights |= {tensor.name: tensor for tensor in model.graph.initializer}
        for node in model.graph.node:
            if node.op_type != "MatMulNBits":
                self.nodes.append(node)
                continue
            x, q, scale, _, _, bias = node.input
            n_out, blocks, _ = self.weights[q].dims
            self.weights[scale].dims[:] = [n_out, blocks, 1]
            self.op("Add", self.op("MatMul", x, self.matrix(q, scale, n_out, blocks * BLOCK, q)), bias, name=node.output[0])

    def matrix(self, q, scale, n_out, n_in, name):
        """[n_in, n_out] in float32 of 8-bit blocks and their scales."""
        if name not in self.matrices:
            centred = self.op("Sub", self.op("Cast", q, to=TensorProto.FLOAT), self.const(np.array(128, np.float32)))
            self.matrices[name] = self.op("Transpose", self.op("Reshape", self.op("Mul", centred, scale), self.ints(n_out, n_in)), perm=[1, 0])
        return self.matrices[name]

    def const(self, array, name=None):
        array = np.asarray(array)
        name = name or f"c.{array.dtype}.{'x'.join(map(str, array.shape))}.{array.tobytes().hex()[:64]}"
        if name not in self.weights:
            self.weights[name] = numpy_helper.from_array(array, name)
        return name

    def ints(self, *values):
        return self.const(np.array(values, np.int64))

    def scalar(self, value):
        return self.const(np.array(value, np.int64))

    def op(self, kind, *inputs, domain="", name=None, **attributes):
        self.count += 1
        name = name or f"{kind}.{self.count}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], domain=domain, **attributes))
        return name

    def linear(self, x, weight, bias, name):
        """A linear map of 8-bit weights."""
        n_out, n_in = weight.shape
        blocks = weight.reshape(n_out, n_in // BLOCK, BLOCK)
        scale = np.abs(blocks).max(2) / 127
        scale[scale == 0] = 1
        q = (np.rint(blocks / scale[..., None]) + 128).astype(np.uint8)
        if not self.unpacked:
            return self.op("MatMulNBits", x, self.const(q, f"{name}.q"), self.const(scale.reshape(-1).astype(np.float32), f"{name}.s"), "", "", self.const(bias, f"{name}.b"),
                           domain=MS, K=n_in, N=n_out, bits=8, block_size=BLOCK, accuracy_level=4)
        matrix = self.matrix(self.const(q, f"{name}.q"), self.const(scale[..., None].astype(np.float32), f"{name}.s"), n_out, n_in, name)
        return self.op("Add", self.op("MatMul", x, matrix), self.const(bias, f"{name}.b"))

    def small(self, x, weight, bias, name):
        """A linear map too narrow to be worth 8 bits."""
        return self.op("Add", self.op("MatMul", x, self.const(np.ascontiguousarray(weight.T), f"{name}.w")), self.const(bias, f"{name}.b"))

    def add_norm(self, x, y, w, b, name):
        return self.op("SkipLayerNormalization", x, y, self.const(w, f"{name}.w"), self.const(b, f"{name}.b"), domain=MS, epsilon=EPSILON)

    def layer(self, x, mask, w, name, memory=None, around=None):
        """
        x [n, t, HIDDEN], mask int32 [n, all keys].

        memory: further states that x attends to, as rows [rows, HIDDEN], and what spreads rows to [n, t', HIDDEN].
        around: where x is rows itself, what spreads them for attention and what makes them rows again.
        """
        linear = lambda h, part: self.linear(h, w[f"{part}.weight"], w[f"{part}.bias"], f"{name}.{part}")
        spread, gather = around or (lambda h: h, lambda h: h)

        def attended(part):
            own = spread(linear(x, part))
            return own if memory is None else self.op("Concat", own, memory[1](linear(memory[0], part)), axis=1)

        context = gather(self.op("MultiHeadAttention", spread(linear(x, "q")), attended("k"), attended("v"), "", mask, domain=MS, num_heads=HEADS))
        x = self.add_norm(linear(context, "out"), x, w["norm1.weight"], w["norm1.bias"], f"{name}.norm1")
        inner = self.op("Gelu", linear(x, "up"), domain=MS)
        return self.add_norm(linear(inner, "down"), x, w["norm2.weight"], w["norm2.bias"], f"{name}.norm2")

    def slice(self, x, start, end, axis):
        return self.op("Slice", x, self.ints(start), self.ints(end), self.ints(axis))

    def unit(self, x):
        return self.op("LpNormalization", x, axis=-1, p=2)

    def model(self, name, inputs, outputs):
        value = lambda n, kind, shape: helper.make_tensor_value_info(n, kind, shape)
        graph = helper.make_graph(self.nodes, name, [value(*i) for i in inputs], [value(*o) for o in outputs], list(self.weights.values()))
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid(MS, 1)], ir_version=10)


def layer_weights(state, prefix):
    return {k[len(prefix) + 1:]: v.numpy() for k, v in state.items() if k.startswith(prefix + ".")}


def base_layer(base: Base, i: int):
    names = {"q": "q", "k": "k", "v": "v", "out": "ao", "up": "fi", "down": "fo"}
    shapes = {"up": (FFN, HIDDEN), "down": (HIDDEN, FFN)}
    out = {f"{to}.weight": base.tensor(f"l{i}.{n}.w", *shapes.get(to, (HIDDEN, HIDDEN))) for to, n in names.items()}
    out |= {f"{to}.bias": base.tensor(f"l{i}.{n}.b", -1) for to, n in names.items()}
    return out | {f"{to}.{long}": base.tensor(f"l{i}.{n}.{p}", HIDDEN) for to, n in (("norm1", "aln"), ("norm2", "oln")) for p, long in (("w", "weight"), ("b", "bias"))}


def encoder(base: Base, keep, state) -> onnx.ModelProto:
    """state: of LateInteraction. Outputs: last_hidden_state and lower_hidden_state (after layer 5), [n, t, HIDDEN]."""
    g = Graph()
    scale, q = base.blocks("emb.word")
    signed = (q.reshape(-1, HIDDEN)[keep].astype(np.int16) - 8).astype(np.int8).reshape(-1)
    nibbles = (signed & 0xF).astype(np.uint8)
    g.weights["word.q"] = TensorProto(name="word.q", data_type=TensorProto.INT4, dims=[len(keep), HIDDEN], raw_data=(nibbles[0::2] | (nibbles[1::2] << 4)).astype(np.uint8).tobytes())
    words = g.op("GatherBlockQuantized", "word.q", "input_ids", g.const(scale.reshape(-1, HIDDEN // TABLE_BLOCK)[keep].astype(np.float32), "word.s"),
                 domain=MS, gather_axis=0, quantize_axis=1, block_size=TABLE_BLOCK)
    positions = g.const((base.tensor("emb.pos", -1, HIDDEN) + base.tensor("emb.type", -1, HIDDEN)[:1]).astype(np.float32), "position")
    length = g.op("Slice", g.op("Shape", "input_ids"), g.ints(1), g.ints(2))
    rows = g.op("Unsqueeze", g.op("Slice", positions, g.ints(0), length), g.ints(0))
    x = g.op("LayerNormalization", g.op("Add", words, rows), g.const(base.tensor("emb.ln.w", HIDDEN), "embedding.w"), g.const(base.tensor("emb.ln.b", HIDDEN), "embedding.b"), epsilon=EPSILON, axis=-1)
    mask = g.op("Cast", "attention_mask", to=TensorProto.INT32)
    for i in range(LOWER):
        x = g.layer(x, mask, base_layer(base, i), f"l{i}")
    g.op("Identity", x, name="lower_hidden_state")
    for i in range(LOWER, LAYERS):
        x = g.layer(x, mask, layer_weights(state, f"layers.{i - LOWER}"), f"l{i}")
    g.op("Identity", x, name="last_hidden_state")
    states = ["batch", "sequence", HIDDEN]
    return g.model("encoder", [("input_ids", TensorProto.INT64, ["batch", "sequence"]), ("attention_mask", TensorProto.INT64, ["batch", "sequence"])],
                   [("last_hidden_state", TensorProto.FLOAT, states), ("lower_hidden_state", TensorProto.FLOAT, states)])


def passages(encoder: onnx.ModelProto, state) -> onnx.ModelProto:
    """
    All that is computed of a passage: the encoder's last hidden states, and the inputs of the reader's layers 8-11, one byte a number: memory int8
    [n, t, 4, HIDDEN], scale [n, t, 4, 1].
    """
    g = Graph(unpacked=True)
    g.count = 10_000  # clear of the names in the encoder
    g.include(encoder)
    mask = g.op("Cast", "attention_mask", to=TensorProto.INT32)
    x, kept = "lower_hidden_state", []
    for i in range(LOWER, LAYERS - 1):
        if i == JOINT:
            x = g.op("Add", x, g.const(state["segment"].numpy()[1], "segment.1"))
        if i >= JOINT:
            kept.append(x)
        x = g.layer(x, mask, layer_weights(state, f"layers.{i - LOWER}"), f"reader.l{i}")
    kept.append(x)
    stacked = g.op("Concat", *(g.op("Unsqueeze", k, g.ints(2)) for k in kept), axis=2)
    scale = g.op("Div", g.op("ReduceMax", g.op("Abs", stacked), g.ints(3), keepdims=1), g.const(np.array(127, np.float32)), name="scale")
    g.op("Cast", g.op("Round", g.op("Div", stacked, scale)), name="memory", to=TensorProto.INT8)
    return g.model("passages", [("input_ids", TensorProto.INT64, ["batch", "sequence"]), ("attention_mask", TensorProto.INT64, ["batch", "sequence"])],
                   [("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", HIDDEN]), ("memory", TensorProto.INT8, ["batch", "sequence", REMEMBERED, HIDDEN]),
                    ("scale", TensorProto.FLOAT, ["batch", "sequence", REMEMBERED, 1])])


def read(state) -> onnx.ModelProto:
    """
    One question's lower states [1, q, HIDDEN] and n passages' memories -> relevance [n], span [rows, 2] (start and end logits).

    The passages' tokens come one after the other, unpadded: rows in all, at most t of one passage. `place` [n, t] has the row of each token and 0 where there
    is none, `memory_mask` [n, t] is 1 where there is one, `owner` [rows] has the passage of a row and `at` [rows] its token there. Only attention is computed
    on padded tokens.
    """
    g, w = Graph(unpacked=True), {k: v.numpy() for k, v in state.items()}
    at = lambda i: layer_weights(state, f"layers.{i - LOWER}")
    sizes = g.op("Shape", "memory_mask")
    n, t = g.op("Slice", sizes, g.ints(0), g.ints(1)), g.op("Slice", sizes, g.ints(1), g.ints(2))
    q_len = g.op("Slice", g.op("Shape", "question"), g.ints(1), g.ints(2))
    ones = g.op("Expand", g.const(np.ones((1, 1), np.int32)), g.op("Concat", n, q_len, axis=0))
    passage_mask = g.op("Cast", "memory_mask", to=TensorProto.INT32)
    mask = g.op("Concat", ones, passage_mask, axis=1)
    spread = lambda rows: g.op("Gather", rows, "place", axis=0)  # [rows, d] -> [n, t, d]; where there is no token stands some other, which the mask hides
    states = g.op("Mul", g.op("Cast", "memory", to=TensorProto.FLOAT), "scale")
    kept = [g.op("Squeeze", g.slice(states, k, k + 1, 1), g.ints(1)) for k in range(REMEMBERED)]
    x = "question"
    own = g.op("Expand", g.const(np.ones((1, 1), np.int32)), g.op("Concat", g.ints(1), q_len, axis=0))
    for i in range(LOWER, JOINT):
        x = g.layer(x, own, at(i), f"reader.l{i}")
    x = g.op("Add", x, g.const(w["segment"][0], "segment.0"))
    x = g.op("Expand", x, g.op("Concat", n, q_len, g.ints(HIDDEN), axis=0))
    for i in range(JOINT, LAYERS - 1):
        x = g.layer(x, mask, at(i), f"reader.l{i}", (kept[i - JOINT], spread))
    # In the last layer question and passages are one list of rows: those of the questions, then those of the passages.
    flat = lambda h: g.op("Reshape", h, g.ints(-1, HIDDEN))
    questions = g.op("Mul", n, q_len)
    q_place = g.op("Reshape", g.op("Range", g.scalar(0), g.op("Squeeze", questions, g.ints(0)), g.scalar(1)), g.op("Concat", n, q_len, axis=0))
    both_place = g.op("Concat", q_place, g.op("Add", "place", questions), axis=1)
    across = g.op("Add", q_len, t)
    q_rows = g.op("Add", g.op("Mul", g.op("Reshape", g.op("Range", g.scalar(0), g.op("Squeeze", n, g.ints(0)), g.scalar(1)), g.ints(-1, 1)), across),
                  g.op("Range", g.scalar(0), g.op("Squeeze", q_len, g.ints(0)), g.scalar(1)))
    p_rows = g.op("Add", g.op("Mul", "owner", across), g.op("Add", "at", q_len))
    both_rows = g.op("Concat", g.op("Reshape", q_rows, g.ints(-1)), p_rows, axis=0)
    x = g.layer(g.op("Concat", flat(x), kept[-1], axis=0), mask, at(LAYERS - 1), f"reader.l{LAYERS - 1}",
                around=(lambda rows: g.op("Gather", rows, both_place, axis=0), lambda padded: g.op("Gather", flat(padded), both_rows, axis=0)))
    q = g.op("Reshape", g.op("Slice", x, g.ints(0), questions, g.ints(0)), g.op("Concat", n, q_len, g.ints(HIDDEN), axis=0))
    p = g.op("Slice", x, questions, g.ints(2**31), g.ints(0))
    unit = lambda h: g.unit(g.linear(h, w["project.weight"], w["project.bias"], "project"))
    content = g.slice(q, QUERY_SKIP, -1, 1)
    # A passage's last content token is the one before its </s>, wherever its padding begins.
    following = g.op("Pad", g.slice(passage_mask, 1, 2**31, 1), g.ints(0, 0, 0, 1))
    column = g.op("Range", g.scalar(0), g.op("Squeeze", t, g.ints(0)), g.scalar(1))
    inside = g.op("And", g.op("Cast", following, to=TensorProto.BOOL), g.op("GreaterOrEqual", column, g.scalar(PASSAGE_SKIP)))
    cosines = g.op("MatMul", unit(content), g.op("Transpose", spread(unit(p)), perm=[0, 2, 1]))
    best = g.op("ReduceMax", g.op("Where", g.op("Unsqueeze", inside, g.ints(1)), cosines, g.const(np.array(-2, np.float32))), g.ints(2), keepdims=0)
    weights = g.op("Softmax", g.op("Squeeze", g.small(content, w["weight.weight"], w["weight.bias"], "weight"), g.ints(2)), axis=1)
    late = g.op("ReduceSum", g.op("Mul", best, weights), g.ints(1), keepdims=0)
    late = g.op("Mul", g.op("Sub", late, g.const(w["bias"], "bias")), g.const(np.exp(w["scale"]), "temperature"))
    pooled = g.op("Squeeze", g.op("MatMul", g.op("Unsqueeze", weights, g.ints(1)), content), g.ints(1))
    q_first = g.op("Squeeze", g.slice(q, 0, 1, 1), g.ints(1))
    p_first = g.op("Gather", p, g.op("Squeeze", g.slice("place", 0, 1, 1), g.ints(1)), axis=0)
    inner = g.op("Gelu", g.small(g.op("Concat", q_first, p_first, pooled, axis=1), w["match.0.weight"], w["match.0.bias"], "match.0"), domain=MS)
    g.op("Add", late, g.op("Squeeze", g.small(inner, w["match.2.weight"], w["match.2.bias"], "match.2"), g.ints(1)), name="relevance")
    of_row = lambda of_passage: g.op("Gather", of_passage, "owner", axis=0)
    pointer = g.small(g.op("Concat", q_first, pooled, axis=1), w["pointer.weight"], w["pointer.bias"], "pointer")
    pointer = g.op("Div", g.op("Reshape", pointer, g.ints(-1, 2, HIDDEN)), g.const(np.array(np.sqrt(HIDDEN), np.float32)))
    pointed = g.op("Squeeze", g.op("MatMul", of_row(pointer), g.op("Unsqueeze", p, g.ints(2))), g.ints(2))
    logits = g.op("Add", g.small(p, w["span.weight"], w["span.bias"], "span"), pointed)
    beside = g.op("Concat", p, g.op("Mul", p, of_row(pooled)), axis=1)
    inner = g.op("Gelu", g.linear(beside, w["mark.0.weight"], w["mark.0.bias"], "mark.0"), domain=MS)
    g.op("Add", logits, g.small(inner, w["mark.2.weight"], w["mark.2.bias"], "mark.2"), name="span")
    return g.model("reader", [("question", TensorProto.FLOAT, [1, "question_tokens", HIDDEN]), ("memory", TensorProto.INT8, ["rows", REMEMBERED, HIDDEN]),
                              ("scale", TensorProto.FLOAT, ["rows", REMEMBERED, 1]), ("memory_mask", TensorProto.INT64, ["passages", "tokens"]),
                              ("place", TensorProto.INT64, ["passages", "tokens"]), ("owner", TensorProto.INT64, ["rows"]), ("at", TensorProto.INT64, ["rows"])],
                   [("relevance", TensorProto.FLOAT, ["passages"]), ("span", TensorProto.FLOAT, ["rows", 2])])


def save_sharing(models: dict, weights: str, folder: Path):
    """Saves graphs with their large weights in one file; a weight of the same name in two graphs is written once."""
    written, at = {}, 0
    with open(folder / weights, "wb") as out:
        for model in models.values():
            for tensor in model.graph.initializer:
                if len(tensor.raw_data) < 1024:
                    continue
                if tensor.name not in written:
                    pad = -at % 64
                    out.write(b"\0" * pad + tensor.raw_data)
                    written[tensor.name] = (at + pad, tensor.raw_data)
                    at += pad + len(tensor.raw_data)
                offset, data = written[tensor.name]
                assert data == tensor.raw_data, tensor.name
                external_data_helper.set_external_data(tensor, weights, offset=offset, length=len(data))
                tensor.ClearField("raw_data")
    for name, model in models.items():
        onnx.save(model, folder / name)


def write_encoder(base: Base, keep, state, folder: Path):
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(encoder(base, np.array(keep), state), folder / "model_quantized.onnx")


def refer_to(model: onnx.ModelProto, file: Path):
    """Takes large weights out of a graph that stand in another file already: what it needs is read from there."""
    data = file.read_bytes()
    for tensor in model.graph.initializer:
        if len(tensor.raw_data) < 1024:
            continue
        offset = data.find(tensor.raw_data)
        if offset < 0:
            continue
        external_data_helper.set_external_data(tensor, file.name, offset=offset, length=len(tensor.raw_data))
        tensor.ClearField("raw_data")


def write_reader(state, folder: Path):
    """The encoder has to be there already."""
    of_passages = passages(onnx.load(folder / "model_quantized.onnx"), state)
    refer_to(of_passages, folder / "model_quantized.onnx")
    save_sharing({"passages.onnx": of_passages, "reader.onnx": read(state)}, "reader.weights", folder)
