"""The command line of this package; the product's `genjin` mounts these commands."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from transcription.corpus import Corpus, Score, as_record, lexicon_of, read_corpus, table
from transcription.errors import BadCorpus, TranscriptionError
from transcription.lexicon import Entry, Lexicon
from transcription.speech import SpeechSettings, Transcriber
from transcription.transcript import Transcript
from transcription.understanding import understand as understand_message
from transcription.weights import fetch
from transcription.when import when as when_of

app = typer.Typer(no_args_is_help=True, add_completion=False, help="听懂销售说的话")

_MODELS = Path(os.environ.get("GENJIN_MODELS", ".data/models"))

CorpusFile = Annotated[Path, typer.Option("--corpus", help="语料文件（JSON Lines）", exists=True, dir_okay=False)]
Models = Annotated[Path, typer.Option("--models", help="语音模型的文件夹")]
Size = Annotated[str, typer.Option("--model", help="语音模型的大小")]


@app.command()
def understand(
    corpus: CorpusFile,
    now: Annotated[str, typer.Option(help="此刻，ISO 格式带时区；不给则用语料第一行的")] = "",
    score: Annotated[bool, typer.Option(help="与语料里的答案比较，给出得分表")] = False,
    voice: Annotated[
        Path | None, typer.Option(help="录音的文件夹，文件名是语料的 id", exists=True, file_okay=False)
    ] = None,
    models: Models = _MODELS,
    model: Size = "base",
) -> None:
    """把语料里的每句话变成记录草稿，一行一个 JSON；--score 给出得分表。"""
    with _told():
        given = read_corpus(corpus, datetime.fromisoformat(now) if now else None)
        heard = _heard(given, voice, SpeechSettings(models, model)) if voice else None
        result = Score()
        for line, records in _understood(given, heard):
            result.add(line.get("records", []), records)
            if not score:
                typer.echo(json.dumps({"id": line["id"], "records": records}, ensure_ascii=False))
        if score:
            typer.echo("\n".join(table(result)))


@app.command()
def when(
    corpus: CorpusFile,
    now: Annotated[str, typer.Option(help="没有 now 的行用这个时刻")] = "",
    score: Annotated[bool, typer.Option(help="与行里的 when 比较")] = False,
) -> None:
    """把时间短语变成日期或时刻；说不准的给 null。"""
    with _told():
        right = total = 0
        for line in _json_lines(corpus):
            moment = datetime.fromisoformat(line.get("now") or now)
            found = when_of(line["phrase"], moment)
            text = _iso(found.point if found else None)
            if score:
                total += 1
                right += text == line.get("when")
                if text != line.get("when"):
                    typer.echo(f"{line['phrase']}: {text}，应为 {line.get('when')}")
            else:
                typer.echo(
                    json.dumps(
                        {"phrase": line["phrase"], "now": line.get("now", now), "when": text}, ensure_ascii=False
                    )
                )
        if score:
            typer.echo(f"{right}/{total}")


@app.command()
def transcribe(
    files: Annotated[list[Path], typer.Argument(help="录音文件", exists=True, dir_okay=False)],
    customers: Annotated[Path | None, typer.Option(help="客户名单：一行一个，或 JSON", exists=True)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="给出带时间的 JSON")] = False,
    models: Models = _MODELS,
    model: Size = "base",
) -> None:
    """把录音变成文字。"""
    with _told():
        words = _customers(customers).hotwords() if customers else ()
        for path, heard in asyncio.run(_transcribed(files, words, SpeechSettings(models, model))):
            if as_json:
                typer.echo(json.dumps({"file": path.name, **asdict(heard)}, ensure_ascii=False))
            else:
                typer.echo(f"{path.name}: {heard.text or heard.problem}")


@app.command()
def weights(models: Models = _MODELS, model: Size = "base") -> None:
    """下载并核对语音模型。"""
    with _told():
        typer.echo(f"语音模型在 {fetch(models, model, say=typer.echo)}")


@contextmanager
def _told() -> Iterator[None]:
    """Errors of this package are told in one line, without a trace."""
    try:
        yield
    except TranscriptionError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _understood(given: Corpus, heard: dict[str, Transcript] | None) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    for line in given.lines:
        transcript = heard.get(line["id"]) if heard is not None else None
        if heard is not None and transcript is None:
            continue
        text = transcript.text if transcript else line["text"]
        found = understand_message(text, now=given.now, lexicon=given.lexicon, transcript=transcript)
        yield line, [as_record(draft) for draft in found.drafts]


def _heard(given: Corpus, voice: Path, settings: SpeechSettings) -> dict[str, Transcript]:
    wanted = {line["id"] for line in given.lines}
    files = [path for path in sorted(voice.iterdir()) if path.stem in wanted]
    return {path.stem: text for path, text in asyncio.run(_transcribed(files, given.lexicon.hotwords(), settings))}


async def _transcribed(
    files: list[Path], words: tuple[str, ...], settings: SpeechSettings
) -> list[tuple[Path, Transcript]]:
    fetch(settings.folder, settings.model, say=lambda line: typer.echo(line, err=True))
    pool = Transcriber(settings)
    await pool.start()
    try:
        return [(path, await pool.transcribe(path, hotwords=words, sender=path.name)) for path in files]
    finally:
        await pool.close()


def _customers(path: Path) -> Lexicon:
    """Customers from plain lines, a JSON list, or the meta line of a corpus."""
    text = path.read_text(encoding="utf-8").strip()
    if not text.startswith(("{", "[")):
        return Lexicon(customers=tuple(Entry(line.strip()) for line in text.splitlines() if line.strip()))
    content = json.loads(text.splitlines()[0] if text.startswith("{") else text)
    return lexicon_of(content.get("meta", content) if isinstance(content, dict) else {"customers": content})


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            line = json.loads(text) if text.strip() else {}
        except ValueError as error:
            raise BadCorpus(f"{path} 第 {number} 行不是 JSON：{error}") from error
        if "phrase" in line:
            yield line


def _iso(point: Any) -> str | None:
    if point is None:
        return None
    return point.strftime("%Y-%m-%dT%H:%M") if isinstance(point, datetime) else str(point.isoformat())


if __name__ == "__main__":
    app()
