"""Puts the routes, the web app and the guards together into one ASGI application."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount

from milo.api import docs
from milo.api.dispatch import Dispatch
from milo.api.endpoint import ENDPOINTS, bind
from milo.api.errors import on_crash, on_http_error, on_milo_error, on_os_error
from milo.api.routes import (
    annotating,
    aside,
    assist,
    audits,
    budgets,
    bulk,
    comparisons,
    connections,
    contest,
    documents,
    duplicates,
    effort,
    elsewhere,
    events,
    exports,
    films,
    gold,
    guarantees,
    image_pages,
    imports,
    items,
    jobs,
    judges,
    kinds,
    knowledge,
    label_configs,
    ledger,
    lessons,
    likely_errors,
    live,
    media,
    models,
    own_models,
    people,
    preview,
    projects,
    prompts,
    quality,
    repeats,
    resolve,
    review,
    rubrics,
    second_thoughts,
    session,
    similar,
    sounds,
    status,
    studies,
    suggestions,
    taking_part,
    totals,
    verdicts,
    work,
)
from milo.api.security import Guard
from milo.api.static import WebApp
from milo.bootstrap import Workspace
from milo.domain.errors import MiloError

ROUTES = (
    status, session, people, projects, kinds, events, jobs, work, models, effort, imports, media, items, bulk, exports, similar,
    prompts, preview, comparisons, lessons, assist, second_thoughts, rubrics, judges, verdicts, audits, annotating, suggestions,
    connections, ledger, budgets, contest, quality, likely_errors, guarantees, totals, label_configs, studies, taking_part,
    elsewhere, own_models, live, review, resolve, gold, knowledge, sounds, image_pages, repeats, films, documents,
    duplicates, aside,
)  # fmt: skip
"""Every module of routes; importing one declares its endpoints."""


def create_app(workspace: Workspace) -> Starlette:
    """The application over an open workspace, which the caller closes."""
    dispatch = Dispatch()
    for end in ENDPOINTS:
        dispatch.add(end, bind(end, workspace))

    return Starlette(
        routes=[*docs.ROUTES, Mount("/api", dispatch), Mount("/", WebApp())],
        middleware=[Middleware(Guard, workspace.settings.allowed_hosts)],
        exception_handlers={
            MiloError: on_milo_error,
            HTTPException: on_http_error,
            OSError: on_os_error,
            Exception: on_crash,
        },
    )
