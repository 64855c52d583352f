"""Milo: raw data in, trusted labels out, with models in the loop."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from milo.sdk import Client, predictor, run_predictor

__version__ = "0.1.0"
__all__ = ["Client", "__version__", "predictor", "run_predictor"]
_FROM_SDK = frozenset({"Client", "predictor", "run_predictor"})


def __getattr__(name: str) -> Any:
    """Load the client on first use, so that `import milo` stays cheap."""
    if name in _FROM_SDK:
        return getattr(import_module("milo.sdk"), name)
    raise AttributeError(f"module 'milo' has no attribute {name!r}")
