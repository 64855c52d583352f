"""Milo: raw data in, trusted labels out, with models in the loop."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from milo.sdk import Client

__version__ = "0.1.0"
__all__ = ["Client", "__version__"]


def __getattr__(name: str) -> Any:
    """Load the client on first use, so that `import milo` stays cheap."""
    if name == "Client":
        return import_module("milo.sdk").Client
    raise AttributeError(f"module 'milo' has no attribute {name!r}")
