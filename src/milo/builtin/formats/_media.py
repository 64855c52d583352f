"""Which files are texts, images, audio, video or documents; shared by folders, archives and Parquet.

Stands alone because a file's kind is decided the same way wherever it comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from milo.builtin.formats._stream import shown
from milo.kinds.format import BadRow, Row, Source

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".dcm", ".dicom"})
AUDIO_SUFFIXES = frozenset({".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".weba"})
VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".ogv", ".mpg", ".mpeg", ".ts", ".flv"})
DOCUMENT_SUFFIXES = frozenset({".pdf"})
TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown"})
MAX_TEXT = 16 * 1024 * 1024
_KINDS = (
    ("image", IMAGE_SUFFIXES),
    ("audio", AUDIO_SUFFIXES),
    ("video", VIDEO_SUFFIXES),
    ("document", DOCUMENT_SUFFIXES),
    ("text", TEXT_SUFFIXES),
)
_IGNORED = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
_MAGIC = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
)


def image_suffix(content: bytes) -> str | None:
    """The suffix of the image kind that the first bytes show, if they do."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return ".webp"
    return next((suffix for magic, suffix in _MAGIC if content.startswith(magic)), None)


def is_ignored(name: str) -> bool:
    """Whether a file or folder is what systems leave behind: hidden, or a cache of theirs."""
    return name.startswith(".") or name.lower() in _IGNORED


def kind_of(name: str, head: Callable[[], bytes] = bytes) -> str | None:
    """ "image", "audio", "video", "document", "text" or None, by the suffix of the name; else by the first 132
    bytes, which `head` reads: DICOM files mostly have no suffix of their own, or end in a number."""
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    kind = next((kind for kind, suffixes in _KINDS if suffix in suffixes), None)
    plain = not suffix or suffix[1:].isdigit()
    return "image" if kind is None and plain and path.name.upper() != "DICOMDIR" and head()[128:132] == b"DICM" else kind


def file_columns(relative: str) -> dict[str, Any]:
    """What a path says of an item: `file`, the path itself, and `folder`, the name of the folder it lies in."""
    path = PurePosixPath(relative)
    return {"file": relative, "folder": path.parent.name}


def text_row(content: bytes, relative: str, number: int, source: Source) -> Row | BadRow:
    """A text file as a row, decoded as the option `encoding` says (UTF-8)."""
    if len(content) > MAX_TEXT:
        return BadRow(number, source.name, f"{relative}: the text is larger than {MAX_TEXT >> 20} MiB")
    encoding = str(source.options.get("encoding") or "utf-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        reason = f"{relative}: not valid {error.encoding} at byte {error.start + 1}; set the option encoding"
        return BadRow(number, source.name, reason, shown(content))
    except LookupError:
        return BadRow(number, source.name, f'{relative}: there is no encoding "{encoding}"')
    return Row(number, source.name, {"text": text, **file_columns(relative)})


def unknown_kind(relative: str, number: int, source: Source) -> BadRow:
    """The report for a file that is neither."""
    return BadRow(
        number, source.name, f"{relative}: no text (.txt, .md), image (.jpg, .png, ...), audio (.wav, .mp3, ...), video or PDF"
    )
