"""What training needs beyond what answering does, checked before any of it is imported."""

from importlib.util import find_spec

from service.errors import InputError

SCRATCH_MODEL = "nreimers/MiniLM-L6-H384-uncased"
"""The model that the model card's training began with."""

_PACKAGES = {
    "sentence-transformers": "sentence_transformers",
    "ir-measures": "ir_measures",
    "accelerate": "accelerate",
    "datasets": "datasets",
}
"""Packages, and their modules."""


def check_installed() -> None:
    """Raise InputError, which names it, for a package that is not installed."""
    for package, module in _PACKAGES.items():
        if find_spec(module) is None:
            raise InputError(
                f"Training needs {package}. Install it: pip install 'conference-helper[train]'"
            )
