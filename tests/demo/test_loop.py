"""The sample project as a user meets it: label with the known topics, and the model's suggestions become right."""

import json
import time
from importlib import resources

import pytest

from milo.api.server import PrivateServer
from milo.demo import create
from milo.domain.ids import id_range
from milo.sdk import Client
from milo.settings import Settings

GOLD = json.loads(resources.files("milo.builtin.demo").joinpath("gold.json").read_text())


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    server = PrivateServer(Settings(workspace=tmp_path_factory.mktemp("demo") / "workspace"))
    with Client(server.url) as visitor:
        visitor.set_up("owner", "correct horse battery")
    create(server._workspace)
    with Client(server.url, token=server.token) as client:
        yield client, server._workspace
    server.close()


def settled(workspace, project, timeout=240):
    end = time.monotonic() + timeout
    quiet = 0
    while quiet < 2:
        assert time.monotonic() < end, "the background jobs did not end"
        busy = [job for job in project.jobs() if job.info.state in ("queued", "running")]
        quiet = quiet + 1 if workspace.loop_models.idle() and not busy else 0
        time.sleep(0.1)


def label(project, n):
    shown = right = 0
    for done, work in enumerate(project.work(ahead=1), 1):
        topic = GOLD[work.item.key]
        said = [s for s in work.suggestions if s.source == "topic_classifier"]
        shown += bool(said)
        right += any(s.value == topic for s in said)
        work.submit({"topic": topic, "urgency": 3 if topic != "other" else 1})
        if done == n:
            return shown, right
    return shown, right


@pytest.mark.slow
def test_suggestions_get_better_and_blind_items_stay_blind(place):
    client, workspace = place
    project = client.project("Support messages")
    settled(workspace, project)
    assert project.count(has="suggestion") > 100, "the rules speak before anybody labels"

    label(project, 40)
    settled(workspace, project)
    model = project.model("topic_classifier")
    assert model.info.version >= 1

    early_shown, early_right = label(project, 60)
    settled(workspace, project)
    label(project, 100)
    settled(workspace, project)
    late_shown, late_right = label(project, 100)
    assert early_shown > 40
    assert late_shown > 60
    assert late_right / late_shown > max(0.6, early_right / early_shown - 0.05)

    quality = project.model("topic_classifier").info.quality
    assert quality is None or 0 <= quality["low"] <= quality["accuracy"] <= quality["high"] <= 1
    low, high = id_range(project.id)
    blind = workspace.db.read(
        lambda c: c.execute("SELECT id FROM item WHERE blind = 1 AND id >= ? AND id < ?", (low, high)).fetchall()
    )
    assert 5 <= len(blind) <= 60
    for (item_id,) in blind:
        assert "suggestion" not in {one["role"] for one in project.item(item_id)["annotations"]}
        assert not project.open(item_id).suggestions
    suggested = {row.id for row in project.items(has="suggestion")}
    assert suggested.isdisjoint(item_id for (item_id,) in blind)
