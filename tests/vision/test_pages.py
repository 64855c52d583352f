"""TIFF pages, DICOM slices, images too large for one piece, and files that claim to be: what is known of them, and what is shown."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from milo.builtin.formats._media import kind_of
from milo.builtin.formats.folder import PLUGIN as FOLDER
from milo.builtin.formats.zip import PLUGIN as ZIP
from milo.domain.errors import Invalid, NotFound
from milo.infra import images, tile_work
from milo.infra.image_worker import ImageWorker
from milo.infra.media import MediaStore
from milo.infra.pyramids import Pyramid, Pyramids
from milo.infra.sql.items import MediaRow
from milo.kinds.format import BadRow, Row, Source


@pytest.fixture
def store(tmp_path: Path) -> Iterator[MediaStore]:
    one = MediaStore(tmp_path / "ws", None)  # type: ignore[arg-type]
    (tmp_path / "ws").mkdir()
    yield one
    one.close()


@pytest.fixture
def pyramids(store: MediaStore) -> Iterator[Pyramids]:
    one = Pyramids(store)
    yield one
    one.close()


def taken(store: MediaStore, path: Path) -> MediaRow:
    return store.look_at(1, path, path.name, copy=False).row


def value(store: MediaStore, path: Path) -> dict[str, Any]:
    return store.look_at(1, path, path.name, copy=False).value(7)


def opened(data: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(data)))


def gradient(width: int, height: int) -> Image.Image:
    """Red grows to the right, green downwards."""
    x = np.broadcast_to(np.linspace(0, 255, width, dtype=np.float32), (height, width))
    y = np.broadcast_to(np.linspace(0, 255, height, dtype=np.float32)[:, None], (height, width))
    return Image.fromarray(np.stack([x, y, np.full_like(x, 90)], axis=2).astype(np.uint8))


@pytest.fixture
def tiff(tmp_path: Path) -> Path:
    pages = [gradient(80, 60), gradient(80, 60).rotate(180), Image.new("L", (30, 50), 200)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    return tmp_path / "a.tif"


def test_pages_of_a_tiff_are_known_and_shown(store: MediaStore, pyramids: Pyramids, tiff: Path) -> None:
    found = value(store, tiff)
    assert {k: found[k] for k in ("mime", "width", "height", "pages", "sizes", "view")} == {
        "mime": "image/tiff", "width": 80, "height": 60, "pages": 3, "sizes": [[80, 60, 2], [30, 50, 1]], "view": "page",
    }  # fmt: skip
    row = taken(store, tiff)
    first, second = (opened(pyramids.page(row, n, None)[0]) for n in (0, 1))
    assert first.shape == (60, 80, 3)
    assert np.array_equal(second, first[::-1, ::-1])
    assert opened(pyramids.page(row, 2, None)[0]).shape == (50, 30)
    with pytest.raises(Invalid, match="no page 4"):
        pyramids.page(row, 3, None)


def test_deep_grey_is_shown_through_a_window(store: MediaStore, pyramids: Pyramids, tmp_path: Path) -> None:
    levels = np.arange(0, 60_000, 15, dtype=np.uint16).reshape(50, 80)
    Image.fromarray(levels).save(tmp_path / "deep.tif")
    row = taken(store, tmp_path / "deep.tif")
    assert row.error is None
    data, mime = pyramids.page(row, 0, (10_000, 20_000))
    shown = opened(data)
    assert mime == "image/png"
    assert (shown[levels <= 10_000] == 0).all()
    assert (shown[levels >= 20_000] == 255).all()
    assert abs(int(shown[levels == 15_000][0]) - 128) <= 1


def dicom(path: Path, frames: int = 1, **more: Any) -> Any:
    """A file with slices of 12 bit grey; the levels."""
    pydicom = pytest.importorskip("pydicom", reason="DICOM needs pydicom: pip install milo[dicom]")
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    levels = np.random.default_rng(1).integers(0, 4096, (frames, 40, 60), dtype=np.uint16)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = pydicom.uid.CTImageStorage
    meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid(entropy_srcs=["milo"])
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    made.Rows, made.Columns, made.SamplesPerPixel = 40, 60, 1
    made.PhotometricInterpretation = "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
    made.NumberOfFrames = frames
    made.RescaleSlope, made.RescaleIntercept = 1, -1024
    made.PixelData = levels.tobytes()
    for name, given in more.items():
        setattr(made, name, given)
    made.save_as(path, enforce_file_format=True)
    return levels.astype(float) - 1024


def test_dicom_files_are_taken_by_imports_of_folders() -> None:
    assert [kind_of(name) for name in ("a/Slice.DCM", "b.dicom")] == ["image", "image"]


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_dicom_files_without_a_suffix_are_known_by_their_content(tmp_path: Path, packed: bool) -> None:
    source = tmp_path / "in"
    source.mkdir()
    head = b"\0" * 128 + b"DICM"
    files = {"IM0001": head, "1.2.840.113619": head, "DICOMDIR": head, "README": b"words", "a.py": head, "short": b"DICM"}
    for name, content in files.items():
        (source / name).write_bytes(content)
    if packed:
        with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
            for path in source.iterdir():
                archive.write(path, path.name)
        source = tmp_path / "in.zip"
    reader = ZIP if packed else FOLDER
    rows = list(reader.read(Source(source, "in", options={"extract_to": str(tmp_path / "out")})))
    taken_in = {row.data["file"]: Path(row.files["image"]).read_bytes() for row in rows if isinstance(row, Row)}
    assert taken_in == {"IM0001": head, "1.2.840.113619": head}
    assert sum(isinstance(row, BadRow) for row in rows) == 4


def test_slices_of_a_dicom_file_have_a_window_that_can_be_changed(
    store: MediaStore, pyramids: Pyramids, tmp_path: Path
) -> None:
    levels = dicom(tmp_path / "a.dcm", frames=3, WindowCenter=40, WindowWidth=400)
    found = value(store, tmp_path / "a.dcm")
    assert {k: found[k] for k in ("mime", "width", "height", "pages", "view", "window")} == {
        "mime": "application/dicom", "width": 60, "height": 40, "pages": 3, "view": "page", "window": [-160.0, 240.0],
    }  # fmt: skip
    assert found["range"] == [levels[0].min(), levels[0].max()]
    row = taken(store, tmp_path / "a.dcm")
    for n, window in ((0, None), (2, (0.0, 1000.0))):
        low, high = window or (-160.0, 240.0)
        wanted = np.clip((levels[n] - low) / (high - low), 0, 1) * 255
        assert np.abs(opened(pyramids.page(row, n, window)[0]) - wanted).max() <= 0.51
    assert opened(store.thumbnail(row, 64).read_bytes()).shape == (40, 60, 3)


def test_inverted_grey_and_a_dicom_file_without_a_picture(store: MediaStore, pyramids: Pyramids, tmp_path: Path) -> None:
    levels = dicom(tmp_path / "a.dcm", PhotometricInterpretation="MONOCHROME1", WindowCenter=1000, WindowWidth=2000)
    shown = opened(pyramids.page(taken(store, tmp_path / "a.dcm"), 0, None)[0])
    assert np.abs(shown - (255 - np.clip(levels[0] / 2000, 0, 1) * 255)).max() <= 0.51
    whole = (tmp_path / "a.dcm").read_bytes()
    (tmp_path / "short.dcm").write_bytes(whole[: len(whole) // 2])
    assert "error" in value(store, tmp_path / "short.dcm")


def ready(pyramids: Pyramids, row: MediaRow, page: int = 0) -> Pyramid:
    end = time.monotonic() + 60
    while not (found := pyramids.pyramid(row, page)).ready:
        assert time.monotonic() < end, "The tiles were not cut."
        time.sleep(0.02)
    return found


def seams(pyramids: Pyramids, row: MediaRow, found: Pyramid, level: int) -> Any:
    """The tiles of a level put together."""
    across, down = (-(-n // 2 ** (found.levels - 1 - level)) for n in (found.width, found.height))
    columns, rows = (-(-n // found.tile) for n in (across, down))
    lines = [[opened(pyramids.tile(row, 0, level, c, r).read_bytes()) for c in range(columns)] for r in range(rows)]
    whole = np.concatenate([np.concatenate(line, axis=1) for line in lines])
    assert whole.shape[:2] == (down, across)
    return whole


def test_tiles_put_together_are_the_image(store: MediaStore, pyramids: Pyramids, tmp_path: Path) -> None:
    gradient(1300, 700).save(tmp_path / "a.tif")
    row = taken(store, tmp_path / "a.tif")
    found = ready(pyramids, row)
    assert found == Pyramid(True, 1300, 700, 512, 3)
    for level in range(3):
        whole = seams(pyramids, row, found, level).astype(int)
        wanted = np.asarray(gradient(whole.shape[1], whole.shape[0])).astype(int)
        assert np.abs(whole - wanted).mean() < 3
    with pytest.raises(NotFound, match="no tile 9, 0"):
        pyramids.tile(row, 0, 2, 9, 0)


@pytest.mark.parametrize("orientation", [1, 6])
def test_images_beyond_what_fits_into_memory_are_cut_upright(tmp_path: Path, orientation: int, monkeypatch: Any) -> None:
    pytest.importorskip("pyvips", reason="large images need libvips: pip install milo[tiles]")
    monkeypatch.setattr(images, "MAX_PIXELS", 400_000)
    exif = Image.Exif()
    exif[0x0112] = orientation
    gradient(1300, 700).save(tmp_path / "a.jpg", quality=95, exif=exif)
    made = tile_work.pyramid(tmp_path / "a.jpg", tmp_path / "out", 0, None)
    turned = orientation == 6
    assert (made["width"], made["height"], made["levels"]) == ((700, 1300, 3) if turned else (1300, 700, 3))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0", "1", "2"]
    corner = np.asarray(Image.open(tmp_path / "out" / "2" / "0_0.jpg")).astype(int)[5, 5]
    assert corner == pytest.approx([1, 253, 90] if turned else [1, 1, 90], abs=6)
    small = images.thumbnail(tmp_path / "a.jpg", tmp_path / "t.webp", 64)
    assert (small["width"] < small["height"]) == turned


def bomb(path: Path, side: int) -> Path:
    """A PNG of a hundred bytes whose header claims `side` x `side` pixels."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0" * 64)),
        (b"IEND", b""),
    ]
    data = b"".join(struct.pack(">I", len(c)) + name + c + struct.pack(">I", zlib.crc32(name + c)) for name, c in chunks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    return path


def test_a_small_file_that_claims_gigabytes_is_told_from_a_large_image(
    store: MediaStore, pyramids: Pyramids, tmp_path: Path
) -> None:
    claimed = value(store, bomb(tmp_path / "bomb.png", 27_000))
    assert claimed["error"] == "too large to decode: 27,000 x 27,000 pixels are more than 500 megapixels"
    row = taken(store, tmp_path / "bomb.png")
    with pytest.raises(Invalid, match="more than 500 megapixels"):
        pyramids.pyramid(row, 0)
    pytest.importorskip("pyvips", reason="large images need libvips: pip install milo[tiles]")
    row = taken(store, bomb(tmp_path / "lie.png", 20_000))
    assert (row.width, row.error) == (20_000, None)
    with pytest.raises(Invalid, match="cannot be cut into tiles"):
        ready(pyramids, row)


def test_a_child_that_lacks_what_it_needs_says_so(tmp_path: Path) -> None:
    worker = ImageWorker(module="milo.infra.tile_work")
    (tmp_path / "a.png").write_bytes(b"no image")
    assert "error" in worker.ask("pyramid", tmp_path / "a.png", out=str(tmp_path / "out"), page=0)
    assert not (tmp_path / "out").exists()
    worker.close()
