"""Label configs of Label Studio: into a project file, and out of a project. Both say what has no like on the other side."""

from __future__ import annotations

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.builtin.formats._label_config import from_xml, to_xml
from milo.domain.project import ProjectSpec
from milo.flow.project_file import write_project


class LabelConfig(msgspec.Struct):
    """A label config, and what the project is to be called."""

    xml: str
    name: str = "From Label Studio"


class Converted(msgspec.Struct):
    """The text on the other side, and what it leaves out."""

    text: str
    lost: list[str]


@endpoint("POST", "/label-config", "project.create", body=LabelConfig, reply=Converted)
def convert_label_config(call: Call) -> Converted:
    """A label config as a project file (YAML) to look through and create a project from. Nothing is created yet."""
    fields, questions, lost = from_xml(call.body.xml)
    spec = ProjectSpec(name=call.body.name, fields=tuple(fields), questions=tuple(questions))
    return Converted(write_project(spec), lost)


@endpoint("GET", "/projects/{p}/label-config", "project.view", reply=Converted)
def get_label_config(call: Call) -> Converted:
    """The project's questions as a label config."""
    project = call.workspace.projects.get(call.project_id)
    shapes = {t.name: t.shape for t in call.workspace.registry.task_types.all()}
    xml, lost = to_xml(project.spec, shapes)
    return Converted(xml, lost)
