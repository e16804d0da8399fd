"""Trains the encoder's upper half and the reader, and writes both as ONNX. README.md tells how and why."""
import argparse
import copy
import json
from pathlib import Path

import torch

import base
import data
import export
import network
import train_late
import train_reader

TUNED_SHARE = 0.4  # of the tuned weights in the encoder; the rest is the base model's (WiSE-FT)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--work", type=Path, default=data.HERE / "work", help="checkpoints and cached states (default: work/)")
    options.add_argument("--late-epochs", type=int, default=4)
    options.add_argument("--reader-epochs", type=int, default=6)
    o = options.parse_args()
    o.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    weights = base.Base(base.find())
    keep = json.loads((data.HERE / "vocabulary.json").read_text())
    lower = network.Lower(weights, keep).eval()
    reports = data.reports(data.HERE / "reports.jsonl", data.HERE / "more-reports.jsonl")
    dev = data.with_states([r for r in reports if r["split"] == "dev"], lower, o.work / "dev.states")
    train = data.with_plain([r for r in reports if r["split"] == "train"], data.HERE / "plain-questions.jsonl")
    train = data.with_states(train, lower, o.work / "train.states")
    articles = data.with_states(data.articles(data.HERE / "arcd.train.jsonl"), lower, o.work / "articles.states")

    late = network.LateInteraction(weights)
    untrained = copy.deepcopy(late.state_dict())
    train_late.with_base_vectors(train + articles, late)
    train_late.train(late, train, articles, dev, o.work / "late.pt", o.late_epochs)
    averaged = {name: torch.lerp(untrained[name], tuned, TUNED_SHARE) for name, tuned in late.state_dict().items()}
    export.write_encoder(weights, keep, averaged, data.MODEL / "onnx")

    train_reader.with_late_logits(train + articles + dev, late)
    reader = network.Reader(late)
    train_reader.train(reader, train + articles, dev, o.work / "reader.pt", o.reader_epochs)
    export.write_reader(reader.state_dict(), data.MODEL / "onnx")


if __name__ == "__main__":
    main()
