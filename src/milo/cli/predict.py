"""`milo predict`: a Python function of yours answers the items of a project, in this process."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from milo.cli.connection import Where, connect
from milo.cli.output import bar, print_json, print_text
from milo.domain.errors import Invalid, NotFound
from milo.sdk import OwnPredictor, Predicted

_SHOWN = 10


def predict(
    *,
    with_: Annotated[str, Parameter(name="--with")],
    project: Annotated[str, Parameter(name=["--project", "-p"])],
    live: Annotated[bool, Parameter(negative="")] = False,
    retry: Annotated[bool, Parameter(negative="")] = False,
    all: Annotated[bool, Parameter(negative="")] = False,
    limit: int | None = None,
    workers: int = 1,
    where: Where | None = None,
) -> None:
    """Let a Python function of yours (milo.predictor) suggest answers; it runs here, and goes on where it was.

    Status 3 says that items failed. Items of the blind slice are never given to it.

    Args:
        with_: The file and the function, as model.py:topic; the function alone may be left out where the file has one.
        project: Name or id of the project.
        live: Wait for new items until Ctrl-C.
        retry: Ask again about items that it failed at.
        all: Also items that are done.
        limit: At most so many items.
        workers: So many calls at once.
    """
    where = where or Where()
    model = load(with_)
    with connect(where) as client:
        target = client.project(project)
        with bar(f"{model.name} answers", quiet=where.json) as tell:

            def told(now: Predicted) -> None:
                tell(now.suggested + now.passed + now.failed, None if live else now.left)

            done = target.predict(
                model, live=live, retry=retry, everything=all, limit=limit, workers=workers, on_progress=told
            )  # fmt: skip
    if where.json:
        print_json(done)
    else:
        _tell(model, done)
    if done.errors or (done.message and not live):
        raise SystemExit(3)


def load(text: str) -> OwnPredictor:
    """The function that "file.py:name" means. Raises NotFound, Invalid."""
    file, _, name = text.partition(":") if not Path(text).is_file() else (text, "", "")
    path = Path(file)
    if not path.is_file():
        raise NotFound(f"There is no file {path}. Name it as --with model.py:function.")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise Invalid(f"{path} is no Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    sys.path.insert(0, str(path.resolve().parent))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise Invalid(f"{path} cannot be run: {type(error).__name__}: {error}") from error
    found = {n: v for n, v in vars(module).items() if isinstance(v, OwnPredictor)}
    known = ", ".join(found) or "none"
    if name and name not in found:
        raise NotFound(f'{path} has no predictor "{name}". Mark a function with @milo.predictor(...). There are: {known}.')
    if not name and len(found) != 1:
        raise Invalid(f"{path} has {len(found)} predictors ({known}); name one, as {path}:NAME.")
    return found[name] if name else next(iter(found.values()))


def _tell(model: OwnPredictor, done: Predicted) -> None:
    print_text(
        f'"{model.name}", version {model.version}: {done.suggested:,} suggested, {done.passed:,} passed over, '
        f"{done.failed:,} failed, in all."
    )
    for item, reason in list(done.errors.items())[:_SHOWN]:
        print_text(f"  item {item}: {reason}")
    if len(done.errors) > _SHOWN:
        print_text(f"  ... and {len(done.errors) - _SHOWN:,} more; --json lists them.")
    if done.message:
        print_text(done.message)
