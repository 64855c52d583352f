"""Decoding PDF files, in a child process (`python -m milo.infra.document_work`); the parent asks through `MediaStore.ask`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from milo.infra.child import serve

MAX_PAGES = 5_000


def probe(path: Path) -> dict[str, Any]:
    """{"pages"}; "error" says what is wrong with the file."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        return {"error": _words(str(error))}
    with document:
        pages = len(document)
        if not pages:
            return {"error": "the document has no pages"}
        if pages > MAX_PAGES:
            return {"pages": pages, "error": f"{pages:,} pages are more than {MAX_PAGES:,}; split the document"}
        return {"pages": pages}


def _words(said: str) -> str:
    if "assword" in said:
        return "it is encrypted with a password; save a copy without one, then import that"
    return f"damaged: {said[:160]}"


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to one request: what to do is in `do`, the file in `path`."""
    path = Path(request["path"])
    if request["do"] == "probe":
        return probe(path)
    return {"error": f'there is no job "{request["do"]}" for documents'}


if __name__ == "__main__":
    serve(answer)
