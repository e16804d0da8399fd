"""Trains the encoder's upper half and the reader, and writes both as ONNX. README.md tells how and why."""
import argparse
import json
from pathlib import Path

import torch

import base
import data
import export
import network
import train_late
import train_reader

def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--work", type=Path, default=data.HERE / "work", help="checkpoints and cached states (default: work/)")
    options.add_argument("--late-epochs", type=int, default=6)
    options.add_argument("--reader-epochs", type=int, default=4)
    o = options.parse_args()
    o.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    weights = base.Base(base.find())
    keep = json.loads((data.HERE / "vocabulary.json").read_text())
    lower = network.Lower(weights, keep).eval()
    reports = data.with_states(data.reports(data.HERE / "reports.jsonl"), lower, o.work / "reports.states")
    dev = [r for r in reports if r["split"] == "dev"]
    late = network.LateInteraction(weights)
    train_late.train(late, [r for r in reports if r["split"] == "train"], dev, o.work / "late.pt", o.late_epochs)
    further = [*data.reports(data.HERE / "more-reports.jsonl"), *data.articles(data.HERE / "arcd.train.jsonl")]
    reports += data.with_states(further, lower, o.work / "further.states")
    train_reader.with_late_logits(reports, late)
    reader = network.Reader(late)
    train_reader.train(reader, [r for r in reports if r["split"] == "train"], dev, o.work / "reader.pt", o.reader_epochs)
    export.write_encoder(weights, keep, network.LateInteraction(weights).state_dict(), data.MODEL / "onnx")
    export.write_reader(reader.state_dict(), data.MODEL / "onnx")


if __name__ == "__main__":
    main()
