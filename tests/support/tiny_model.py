"""A BERT of two small layers with random weights and a tokenizer of few words: trains in seconds."""

import json
import random
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel, BertTokenizer

from service.session import Session
from training.pair_files import Dataset
from training.pairs import make_pairs

WORDS = [f"{stem}{ending}" for stem in "bcdfghklmnprst" for ending in ("ado", "emi", "oru", "ulan")]
"""The words that titles and abstracts are made of; what starts alike belongs together."""


def build_body(folder: Path) -> Path:
    """Write the bare transformer: config, safetensors and tokenizer."""
    torch.manual_seed(1)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    BertModel(
        BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=64,
        )
    ).save_pretrained(folder, safe_serialization=True)
    return folder


def build_model(folder: Path) -> Path:
    """Write a sentence-transformers model over the body, with mean pooling and unit length."""
    body = Transformer(str(build_body(folder.with_name(folder.name + "-body"))))
    modules = [body, Pooling(32, "mean"), Normalize()]
    model = SentenceTransformer(modules=modules, device="cpu")
    model.max_seq_length = 32
    model.save(str(folder))
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
    return folder


def sessions_of(years: range, *, each: int = 40) -> list[Session]:
    """Return sessions whose abstract is of other words than the title, but of the same stems."""
    dice = random.Random(3)
    found = []
    for year in years:
        for number in range(each):
            stems = dice.sample("bcdfghklmnprst", 3)
            title = " ".join(f"{stem}{dice.choice(('ado', 'emi'))}" for stem in stems)
            body = [f"{stem}{dice.choice(('oru', 'ulan'))}" for stem in stems * 5]
            found.append(
                Session(
                    event="Summit",
                    year=year,
                    source_id=f"{year}-{number}",
                    title=title,
                    abstract=" ".join(dice.sample(body, len(body))),
                    speakers=(f"Speaker {number}",),
                    track=f"{stems[0]}ado",
                )
            )
    return found


def write_datasets(folder: Path) -> list[Dataset]:
    """Write training pairs of made-up sessions, each kind to a file that ends with a bad line."""
    found = []
    for kind, pairs in make_pairs(sessions_of(range(2015, 2018))).items():
        file = folder / f"{kind}.jsonl"
        file.write_text("".join(json.dumps(pair) + "\n" for pair in pairs) + "{\n")
        found.append(Dataset(kind, file, len(pairs), len(pairs)))
    return found


def check_vectors(folder: Path) -> None:
    """Sentence-transformers and plain transformers give the same unit vectors."""
    texts = ["bado cemi", "dado", "kado kemi koru kulan"]
    vectors = SentenceTransformer(str(folder), device="cpu").encode(texts)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    tokens = AutoTokenizer.from_pretrained(folder)(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        states = AutoModel.from_pretrained(folder)(**tokens).last_hidden_state
    mask = tokens["attention_mask"][:, :, None]
    means = (states * mask).sum(1) / mask.sum(1)
    assert np.allclose(vectors, torch.nn.functional.normalize(means, dim=1), atol=1e-5)
