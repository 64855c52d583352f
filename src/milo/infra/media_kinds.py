"""What kind of file this is, by its first bytes.

Stands alone because names lie: a file's kind is decided by its content, and so is what a browser is told of it.
"""

from __future__ import annotations

DICOM = "application/dicom"
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"GIF8", "image/gif", ".gif"),
    (b"BM", "image/bmp", ".bmp"),
    (b"II*\0", "image/tiff", ".tif"),
    (b"MM\0*", "image/tiff", ".tif"),
    (b"fLaC", "audio/flac", ".flac"),
    (b"ID3", "audio/mpeg", ".mp3"),
    (b"OggS", "video/ogg", ".ogv"),
    (b"\x1a\x45\xdf\xa3", "video/webm", ".webm"),
    (b"FLV\x01", "video/x-flv", ".flv"),
    (b"\0\0\x01\xba", "video/mpeg", ".mpg"),
)
_RIFF = {b"WEBP": ("image/webp", ".webp"), b"WAVE": ("audio/wav", ".wav"), b"AVI ": ("video/x-msvideo", ".avi")}
_PACKET = 188
"""Bytes of a packet of an MPEG transport stream."""
_SOUND_ONLY = {
    "video/ogg": ("audio/ogg", ".ogg"),
    "video/webm": ("audio/webm", ".weba"),
    "video/mp4": ("audio/mp4", ".m4a"),
    "video/quicktime": ("audio/mp4", ".m4a"),
}
KINDS = ("image", "audio", "video", "document")
_ARTICLE = {"image": "an image", "audio": "audio", "video": "a video", "document": "a document"}


def sniff(start: bytes) -> tuple[str, str] | None:
    """(media type, suffix) by the first bytes (1,024 are enough); None for what is none of the kinds that items hold.

    A container that may hold sound or film is taken for film until it was opened; see `sound_only`.
    """
    for magic, mime, suffix in _MAGIC:
        if start.startswith(magic):
            return mime, suffix
    if start[:4] == b"RIFF" and start[8:12] in _RIFF:
        return _RIFF[start[8:12]]
    if start[128:132] == b"DICM":
        return DICOM, ".dcm"
    return _by_box(start) or _by_frames(start) or _by_text(start)


def _by_box(start: bytes) -> tuple[str, str] | None:
    """ISO media files, which begin with a box that names what they are."""
    if start[:4] == b"FORM" and start[8:12] in (b"AIFF", b"AIFC"):
        return "audio/aiff", ".aiff"
    if start[4:8] not in (b"ftyp", b"moov", b"mdat", b"wide"):
        return None
    brand = start[8:12] if start[4:8] == b"ftyp" else b"qt  "
    if brand in (b"avif", b"avis"):
        return "image/avif", ".avif"
    if brand in (b"heic", b"heix", b"mif1", b"msf1"):
        return None
    if brand in (b"M4A ", b"M4B "):
        return "audio/mp4", ".m4a"
    return ("video/quicktime", ".mov") if brand == b"qt  " else ("video/mp4", ".mp4")


def _by_frames(start: bytes) -> tuple[str, str] | None:
    """Sound and film without a header of their own, which begin with a frame."""
    if len(start) > 2 and start[0] == 0xFF and start[1] in (0xF1, 0xF9):
        return "audio/aac", ".aac"
    if (
        len(start) > 2
        and start[0] == 0xFF
        and start[1] & 0xE0 == 0xE0
        and start[1] & 0x06 == 0x02
        and start[2] >> 4 not in (0, 15)
    ):
        return "audio/mpeg", ".mp3"
    if len(start) > _PACKET and start[0] == start[_PACKET] == 0x47:
        return "video/mp2t", ".ts"
    return None


def _by_text(start: bytes) -> tuple[str, str] | None:
    if b"%PDF-" in start:
        return "application/pdf", ".pdf"
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<svg") or (head.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in head):
        return "image/svg+xml", ".svg"
    return None


def sound_only(mime: str) -> tuple[str, str]:
    """(media type, suffix) of a film container in which there is only sound."""
    return _SOUND_ONLY.get(mime, (mime.replace("video/", "audio/", 1), ".audio"))


def kind_of(mime: str) -> str:
    """ "image", "audio", "video" or "document"."""
    if mime == DICOM:
        return "image"
    first = mime.partition("/")[0]
    return first if first in ("image", "audio", "video") else "document"


def named(kind: str) -> str:
    """A kind in a sentence: "an image", "audio", ..."""
    return _ARTICLE.get(kind, kind)
