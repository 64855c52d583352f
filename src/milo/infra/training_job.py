"""A training job as a folder of files, the only thing that the server and the training process share.

The parent writes `job.json`, examples, candidates and check items; the child leaves the model, the predictions and
`result.json`. Neither needs the other's memory, and the child never needs the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from milo.domain.annotation import Prediction
from milo.domain.errors import Invalid
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate, Example

JOB, EXAMPLES, CANDIDATES, CHECK = "job.json", "examples.jsonl", "candidates.jsonl", "check.jsonl"
MODEL, PREDICTIONS, CHECK_PREDICTIONS, RESULT = (
    "model.bin",
    "predictions.jsonl",
    "check_predictions.jsonl",
    "result.json",
)
_encoder = msgspec.json.Encoder()


class TrainingJob(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to do: fit the predictor to the examples and let it answer the candidates and the check items.

    `model_in`: a fitted model to use instead of fitting, a path relative to the folder or absolute. `packages` and
    `plugins_folder`: where to find the predictor. `total`: how many candidates there are, for the progress.
    """

    predictor: str
    question: Question
    fields: tuple[Field, ...]
    config: dict[str, Any] = {}
    model_in: str | None = None
    packages: tuple[str, ...] = ("milo.builtin",)
    plugins_folder: str | None = None
    total: int | None = None


class TrainingResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """How it went. `info`: what the predictor tells of its fit ("why" if there is no model); `n`: examples learned from;
    `predicted`, `checked`: predictions written; `bad`: lines and predictions left out because they made no sense;
    `error`: one sentence, None if all went well; `stopped`: it was told to stop; `seconds`: wall time in the worker."""

    info: dict[str, Any] = {}
    n: int = 0
    fitted: bool = False
    predicted: int = 0
    checked: int = 0
    bad: int = 0
    seconds: float = 0.0
    error: str | None = None
    stopped: bool = False


class Progress(msgspec.Struct, frozen=True):
    """Where a job stands: the phase (load, fit, predict, check), how many items of it are done, and of how many."""

    phase: str
    done: int = 0
    total: int | None = None


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def write_rows(path: Path, rows: Iterable[Example] | Iterable[Candidate]) -> int:
    """Write examples or candidates as JSON lines, streamed; how many there were."""
    count = 0
    with path.open("wb") as file:
        for row in rows:
            file.write(_encoder.encode(row))
            file.write(b"\n")
            count += 1
    return count


def write_job(
    workdir: Path,
    job: TrainingJob,
    examples: Iterable[Example],
    candidates: Iterable[Candidate],
    check: Iterable[Candidate] = (),
) -> None:
    """Fill a folder with all that a worker needs. `check`: blind items, answered but never learned from."""
    workdir.mkdir(parents=True, exist_ok=True)
    write_rows(workdir / EXAMPLES, examples)
    total = write_rows(workdir / CANDIDATES, candidates)
    write_rows(workdir / CHECK, check)
    job = msgspec.structs.replace(job, total=total)
    (workdir / JOB).write_bytes(_encoder.encode(job))


def read_predictions(workdir: Path, check: bool = False) -> Iterator[Prediction]:
    """What the predictor said of the candidates (or of the check items), streamed."""
    path = workdir / (CHECK_PREDICTIONS if check else PREDICTIONS)
    if not path.exists():
        return
    decoder = msgspec.json.Decoder(Prediction)
    with path.open("rb") as file:
        for line in file:
            yield decoder.decode(line)


def read_model(workdir: Path) -> bytes | None:
    """The fitted model, or None if nothing was fitted."""
    path = workdir / MODEL
    return path.read_bytes() if path.exists() else None


def read_result(workdir: Path) -> TrainingResult | None:
    """The result that the worker left, or None if it left none that can be read."""
    try:
        return msgspec.json.decode((workdir / RESULT).read_bytes(), type=TrainingResult)
    except (OSError, msgspec.DecodeError):
        return None


def read_job(workdir: Path) -> TrainingJob:
    """The job in a folder. Raises Invalid if there is none that can be read."""
    try:
        return msgspec.json.decode((workdir / JOB).read_bytes(), type=TrainingJob)
    except (OSError, msgspec.DecodeError) as error:
        raise Invalid(f"{workdir / JOB} cannot be read: {error}.") from error
