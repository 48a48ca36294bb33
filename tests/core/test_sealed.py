"""A sealed folder is whole, or it counts as not there: cut at every byte of its manifest, and with each file damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.core import sealed
from studio.core.files import SCRATCH, sweep

FILES = {"weights": b"0123456789", "model/config.json": b"{}", "state": b""}


def make(target: Path, **about: object) -> Path:
    with sealed.sealing(target, about) as folder:
        for name, content in FILES.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
    return target


def test_a_sealed_folder_says_what_it_holds(tmp_path: Path) -> None:
    folder = make(tmp_path / "step", step=3, words="肝素")
    manifest = sealed.read(folder)
    assert manifest is not None
    assert manifest.about == {"step": 3, "words": "肝素"}
    assert {name: size for name, (size, _) in manifest.files.items()} == {
        name: len(content) for name, content in FILES.items()
    }
    assert manifest.size == 12
    assert sealed.damage(folder) == ""
    assert [path.name for path in tmp_path.iterdir()] == ["step"]


def test_a_manifest_torn_at_any_byte_seals_nothing(tmp_path: Path) -> None:
    folder = make(tmp_path / "step", step=3)
    whole = (folder / sealed.MANIFEST).read_bytes()
    assert whole.endswith(b"}\n")
    for length in range(len(whole) - 1):
        (folder / sealed.MANIFEST).write_bytes(whole[:length])
        assert sealed.read(folder) is None, length
        assert sealed.damage(folder) == sealed.MANIFEST
    (folder / sealed.MANIFEST).write_bytes(whole)
    assert sealed.read(folder) is not None


def test_a_changed_byte_of_a_manifest_is_seen(tmp_path: Path) -> None:
    folder = make(tmp_path / "step", step=3)
    whole = (folder / sealed.MANIFEST).read_bytes()
    (folder / sealed.MANIFEST).write_bytes(whole.replace(b'"step": 3', b'"step": 4'))
    assert sealed.read(folder) is None


@pytest.mark.parametrize(
    ("harm", "seen_at_a_look"),
    [
        (lambda path: path.unlink(), True),
        (lambda path: path.write_bytes(b"01234"), True),
        (lambda path: path.write_bytes(b"0123456789+"), True),
        (lambda path: path.write_bytes(b"0123456780"), False),
    ],
    ids=["missing", "cut", "longer", "changed"],
)
def test_a_harmed_file_is_named(tmp_path: Path, harm: Callable[[Path], object], seen_at_a_look: bool) -> None:
    folder = make(tmp_path / "step")
    harm(folder / "weights")
    assert sealed.damage(folder) == "weights"
    assert (sealed.read(folder) is None) == seen_at_a_look


def test_what_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    folder = make(tmp_path / "step", step=1)
    with pytest.raises(OSError, match="No space"), sealed.sealing(folder, {"step": 2}) as scratch:
        (scratch / "weights").write_bytes(b"new")
        with Path("/dev/full").open("wb", 0) as full:
            full.write(b"weights")
    manifest = sealed.read(folder)
    assert manifest is not None
    assert manifest.about == {"step": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["step"]


def test_a_second_sealing_replaces_the_first(tmp_path: Path) -> None:
    make(tmp_path / "step", step=1)
    manifest = sealed.read(make(tmp_path / "step", step=2))
    assert manifest is not None
    assert manifest.about == {"step": 2}


def test_files_can_be_taken_out_of_a_seal(tmp_path: Path) -> None:
    folder = make(tmp_path / "step", step=1)
    sealed.reseal(folder, {"step": 1, "noted": True}, without=["weights"])
    manifest = sealed.read(folder)
    assert manifest is not None
    assert manifest.about["noted"] is True
    assert sealed.damage(folder) == ""
    assert not (folder / "weights").exists()
    (folder / "state").unlink()
    with pytest.raises(FileNotFoundError):
        sealed.reseal(folder, {})


def test_a_discarded_folder_was_not_whole_before_it_was_gone(tmp_path: Path) -> None:
    folder = make(tmp_path / "step")
    (folder / sealed.MANIFEST).unlink()  # as far as a kill may have come
    assert sealed.read(folder) is None
    sealed.discard(folder)
    assert not folder.exists()


def test_scratch_folders_of_killed_processes_are_swept(tmp_path: Path) -> None:
    (tmp_path / f".model.x1{SCRATCH}" / "deep").mkdir(parents=True)
    (tmp_path / f".result.json.x2{SCRATCH}").touch()  # a file may be somebody's who is writing it now
    make(tmp_path / "model")
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f".result.json.x2{SCRATCH}", "model"]
