"""The command `milo`: its commands, what they share, and how errors are told.

Commands are named by text and loaded when used, so that `milo --help` stays quick and loads no web framework.
"""

from __future__ import annotations

import sys

from cyclopts import App

from milo import __version__
from milo.domain.errors import MiloError

app = App(
    name="milo",
    version=__version__,
    help="Raw data in, trusted labels out, with models in the loop.",
    help_format="plaintext",
)
for _name, _where, _help in (
    ("demo", "milo.cli.demo:demo", "Start on a sample project, or on your own data."),
    ("serve", "milo.cli.serve:serve", "Serve a workspace until Ctrl-C."),
    ("import", "milo.cli.data:import_", "Bring a file or folder into a project."),
    ("export", "milo.cli.data:export", "Write the labels of a project to a file."),
    ("project", "milo.cli.projects:app", "Projects: list, create, show, save as a file, delete."),
    ("user", "milo.cli.users:app", "People: list, add, change, give a role in a project; tokens."),
    ("model", "milo.cli.models:app", "Models: list, add, switch on and off, delete."),
    ("connection", "milo.cli.connections:app", "Connected language models: list, add, test, change, remove; what they cost."),
    ("own", "milo.cli.own:app", "Models of your own: ONNX files and services that projects may use."),
    ("judge", "milo.cli.judges:app", "Judges: list, run over finished work, report on how far they can be believed."),
    ("rubric", "milo.cli.rubrics:app", "Rubrics: list, add from a file, share with all projects, save as a file."),
    ("study", "milo.cli.studies:app", "Studies of assistance: list, add, freeze, end, report (also from files), rehearse."),
    ("rehearse", "milo.cli.studies:rehearse", "What would labelling cost, and how good would it be? With simulated people."),
    ("train", "milo.cli.models:train", "Train the models of a project."),
    ("suggest", "milo.cli.models:suggest", "Let the models of a project suggest answers."),
    ("predict", "milo.cli.predict:predict", "Let a Python function of yours suggest answers, in this process."),
    ("duplicates", "milo.cli.duplicates:duplicates", "List items whose texts are nearly the same."),
    ("guarantee", "milo.cli.totals:guarantee", "What may be accepted unseen, and what is promised then."),
    ("totals", "milo.cli.totals:totals", "Shares, means and the quality of a model over all items, with intervals."),
    ("annotate", "milo.cli.annotate:annotate", "Let a connected model answer, within a budget."),
    ("quality", "milo.cli.quality:app", "Agreement, people, gold, likely errors; may a model stand in for a person?"),
    ("resolve", "milo.cli.resolve:resolve", "Make one answer of several; compare the ways of doing it."),
    ("status", "milo.cli.status:status", "Is a server running, and how far is everything?"),
    ("backup", "milo.cli.data:backup", "Copy a workspace while it is in use."),
):
    app.command(_where, name=_name, help=_help)


def main() -> None:
    """Run a command; an error in the user's reach ends with its message and status 1."""
    try:
        app()
    except MiloError as error:
        print(f"milo: {error.message}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
