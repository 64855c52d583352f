"""The Python client: `from milo import Client`. Stands on `milo.domain` alone and ships without the server's parts."""

from milo.sdk.client import Client, run_predictor
from milo.sdk.http import Unreachable
from milo.sdk.jobs import Job, JobFailed
from milo.sdk.judges import Judge
from milo.sdk.models import Model
from milo.sdk.own import OwnModel
from milo.sdk.predicting import GivenItem, OwnPredictor, Predicted, predictor
from milo.sdk.project import Project
from milo.sdk.runs import Run
from milo.sdk.work import WorkItem

__all__ = [
    "Client", "GivenItem", "Job", "JobFailed", "Judge", "Model", "OwnModel", "OwnPredictor", "Predicted", "Project", "Run",
    "Unreachable", "WorkItem", "predictor", "run_predictor",
]  # fmt: skip
