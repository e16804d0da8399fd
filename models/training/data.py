"""Reports, their questions and the lower states of both."""
import json
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer

HERE = Path(__file__).parent
MODEL = HERE.parent / "multilingual-e5-small-ar-en"
LIMIT = 512
PREFIX = len("passage: ")


def tokenizer() -> Tokenizer:
    t = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    t.no_truncation(), t.no_padding()
    return t


def reports(*files: Path) -> list[dict]:
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def with_plain(all_reports: list[dict], file: Path) -> list[dict]:
    """Adds the plain questions of a file to the reports they are about."""
    plain = {entry["id"]: entry["questions"] for entry in map(json.loads, file.read_text().splitlines())}
    return [r | {"questions": r["questions"] + plain.get(r["id"], [])} for r in all_reports]


def articles(file: Path) -> list[dict]:
    """A question-answering set in paragraphs (ARCD) as reports: the paragraphs of an article are its passages."""
    out: dict = {}
    for line in file.read_text().splitlines():
        p = json.loads(line)
        report = out.setdefault(p["article"], {"id": f"{file.stem}-{p['article']}", "split": "train", "passages": [], "en": [], "questions": []})
        if p["context"] not in report["passages"]:
            report["passages"].append(p["context"])
        at = report["passages"].index(p["context"])
        for q in p["questions"]:
            report["questions"].append({"q": q["question"], "lang": "ar", "kind": "encyclopedia", "gold": [at], "span": q["answers"][0]["text"], "span_en": ""})
    return list(out.values())


def span_tokens(encoding, text: str, span: str):
    """-> first and last token of `span` in the encoded passage, or None where it is not found"""
    at = text.find(span) + PREFIX
    hit = [i for i, (a, b) in enumerate(encoding.offsets[:LIMIT]) if b > a and a < at + len(span) and b > at] if span and at >= PREFIX else []
    return (hit[0], hit[-1]) if hit else None


def with_states(all_reports: list[dict], lower, cache: Path) -> list[dict]:
    """Adds `states` {q, ar, en: [float16 [tokens, HIDDEN]]} and `spans` {ar, en: [(first, last) token of the gold passage or None]}."""
    known = torch.load(cache, weights_only=False) if cache.exists() else {}
    t, new = tokenizer(), 0
    for r in all_reports:
        texts = {"ar": r["passages"], "en": r["en"]}
        encodings = {k: [t.encode("passage: " + p) for p in v] for k, v in texts.items()}
        if r["id"] not in known:
            known[r["id"]] = {k: lower.states([e.ids[:LIMIT] for e in v]) for k, v in encodings.items()}
            known[r["id"]]["q"] = lower.states([t.encode("query: " + q["q"]).ids[:LIMIT] for q in r["questions"]])
            new += 1
            print(f"\rstates of {r['id']:30}", end="", file=sys.stderr, flush=True)
        r["states"] = known[r["id"]]
        r["spans"] = {k: [span_tokens(v[q["gold"][0]], texts[k][q["gold"][0]], q[s]) if q["gold"] and v else None for q in r["questions"]]
                      for (k, v), s in zip(encodings.items(), ("span", "span_en"))}
    if new:
        torch.save(known, cache)
    return all_reports
