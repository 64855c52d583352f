"""`milo own ...`: models of the owner's own, registered for projects to use."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from milo.cli.connection import Where, connect
from milo.cli.output import print_json, print_table, print_text
from milo.domain.errors import Invalid, NotFound
from milo.sdk import Client, OwnModel

app = App(
    name="own",
    help="Models of your own: ONNX files, Whisper folders, services that projects may use; list, add, test, remove.",
)


@app.command(name="list")
def list_own(*, where: Where | None = None) -> None:
    """List what is registered."""
    where = where or Where()
    with connect(where) as client:
        found = [one.info for one in client.own_models()]
    if where.json:
        print_json(found)
        return
    print_table(
        ("name", "kind", "task", "detail", "labels", "place"),
        [(m.name, m.kind, m.task, m.detail, len(m.labels), m.place) for m in found],
    )


@app.command
def add(
    name: str,
    *,
    onnx: Path | None = None,
    whisper: Path | None = None,
    service: str | None = None,
    timeout: float | None = None,
    files: str | None = None,
    where: Where | None = None,
) -> None:
    """Register an ONNX file, a folder with an encoder and a decoder, a Whisper folder, or a service that speaks Label
    Studio's ML backend protocol.

    Args:
        name: What to call it here.
        onnx: The file or folder; on the server's disk, where a server is named by --url.
        whisper: A Whisper model in the form of CTranslate2; a folder on the server's disk as well.
        service: The service's address, as http://127.0.0.1:9090.
        timeout: With --service: seconds to wait for an answer.
        files: With --service: how it gets images: "path" on this machine, or "inline" in the request.
    """
    where = where or Where()
    if sum(given is not None for given in (onnx, whisper, service)) != 1:
        raise Invalid("Give one of --onnx, --whisper and --service.")
    settings = {k: v for k, v in (("timeout", timeout), ("files", files)) if v is not None}
    with connect(where) as client:
        path = onnx or whisper
        if path is not None:
            place = str(path.resolve()) if where.is_local() else str(path)
            made = client.add_own_model(name, "onnx" if onnx else "whisper", place, **settings)
        else:
            made = client.add_own_model(name, "service", str(service), **settings)
    _tell(where, made)


@app.command(name="test")
def look_again(name: str, *, where: Where | None = None) -> None:
    """Look at a registered model again: is the file there, does the service answer?

    Args:
        name: Its name.
    """
    where = where or Where()
    with connect(where) as client:
        one = _named(client, name)
        one.test()
    _tell(where, one)


@app.command
def remove(name: str, *, where: Where | None = None) -> None:
    """Forget a registered model; a file stays where it is.

    Args:
        name: Its name.
    """
    where = where or Where()
    with connect(where) as client:
        _named(client, name).remove()
    print_text(f'Removed "{name}".')


def _named(client: Client, name: str) -> OwnModel:
    found = {one.name: one for one in client.own_models()}
    if name not in found:
        raise NotFound(f'Nothing is registered under "{name}". Registered: {", ".join(found) or "none"}.')
    return found[name]


def _tell(where: Where, one: OwnModel) -> None:
    if where.json:
        print_json(one.info)
        return
    m = one.info
    labels = f", {len(m.labels)} labels: {', '.join(m.labels[:8])}" if m.labels else ""
    print_text(f'"{m.name}" ({m.kind}): {m.task}, {m.detail}{labels}.')
