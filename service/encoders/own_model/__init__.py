"""The model that comes with the program (model/README.md): all-MiniLM-L6-v2, trained on past conferences."""

from pathlib import Path

NAME = "conference-helper-minilm-l6"
WEIGHTS_SHA256 = "7d7488ab8b347a62238aede2970931d4d73d4e32613908b61287ff6e3fb9a7c1"

FOLDER = Path(__file__).parent / "model"
"""A model folder of sentence-transformers, with the bundle of an export in int8: a first load makes none."""

REMEDY = "Install the program again."
"""What mends damaged files of it."""
