"""How long a message takes to understand with 2,000 customers in the lexicon, typed and spoken; run by `make bench`.

Typed: the median and the 99th percentile in milliseconds, and the time and memory the index takes once. Spoken: work per
second of sound against bare faster-whisper with the same options on the same recordings, turn about, for half a minute.
"""

from __future__ import annotations

import io
import itertools
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from transcription.audio import RATE, samples
from transcription.corpus import Corpus, read_corpus
from transcription.lexicon import Entry, Lexicon
from transcription.listener import Model, listen, load_model, options
from transcription.understanding import understand
from transcription.weights import present

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus" / "own.jsonl"
CUSTOMERS = 2_000
ROUNDS = 3
VOICE = CORPUS.parent / "voice"
MODELS = Path(__file__).resolve().parent.parent / ".data" / "models"
THREADS = 2
PATIENCE = 30.0
"""Seconds that listening to recordings may take in all."""
_FIRST = "金银华宏恒鑫瑞永康博云海天东南北新大中安宝昌德丰富广国汉嘉凯乐"
_SECOND = "达源通宇雅泰辉科丰阳方望纳城帆川满联和智盛隆腾飞信诚业兴旺茂"
_TRADES = ("机械", "建材", "物流", "科技", "医院", "五金", "食品", "电子", "化工", "软件")


def lexicon() -> Lexicon:
    """The corpus' customers and made-up ones, 2,000 in all."""
    known = read_corpus(CORPUS).lexicon.customers
    made = (f"{one}{two}{trade}" for trade, two, one in itertools.product(_TRADES, _SECOND, _FIRST))
    rest = itertools.islice((name for name in made), CUSTOMERS - len(known))
    return Lexicon(customers=(*known, *(Entry(name) for name in rest)))


def main() -> None:
    """Time every message of the corpus."""
    tracemalloc.start()
    begun = time.perf_counter()
    names = lexicon()
    now = datetime.fromisoformat("2026-05-19T09:20:00+08:00")
    understand("宏达机械今天已报价", now=now, lexicon=names)
    ready, memory = time.perf_counter() - begun, tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    texts = [line["text"] for line in read_corpus(CORPUS).lines]
    took = [_timed(text, now, names) for _ in range(ROUNDS) for text in texts]
    took.sort()
    print(f"understanding: {CUSTOMERS} customers, {len(texts)} messages")
    print(
        f"  median {statistics.median(took):.2f} ms, p99 {took[int(len(took) * 0.99)]:.2f} ms (wanted: median <= 15 ms)"
    )
    print(f"  first message with its index {ready:.2f} s, {memory / 1e6:.0f} MB", flush=True)
    voice()


def _timed(text: str, now: datetime, names: Lexicon) -> float:
    begun = time.perf_counter()
    understand(text, now=now, lexicon=names)
    return (time.perf_counter() - begun) * 1000


@dataclass(slots=True)
class Spent:
    """Seconds by the clock and of both processors."""

    clock: float = 0.0
    work: float = 0.0

    def on(self, act: Callable[[], object]) -> None:
        """Does it and adds what it took."""
        clock, work = time.perf_counter(), time.process_time()
        act()
        self.clock += time.perf_counter() - clock
        self.work += time.process_time() - work


@dataclass(slots=True)
class Heard:
    """Sound in seconds, and what the product and bare faster-whisper spent on it."""

    sound: float = 0.0
    recordings: int = 0
    product: Spent = field(default_factory=Spent)
    bare: Spent = field(default_factory=Spent)


def voice() -> None:
    """Listen to the given recordings as the product does and as faster-whisper alone does."""
    if not present(MODELS):
        print("voice: no speech model, run make weights")
        return
    heard = _heard(load_model(MODELS / "base", device="cpu", compute_type="int8", threads=THREADS))
    product, bare = heard.product.clock / heard.sound, heard.bare.clock / heard.sound
    print(f"voice: model base, {THREADS} threads, {heard.recordings} recordings, {heard.sound:.0f} s of sound")
    print(f"  {product / bare:.1%} of bare faster-whisper by the clock (wanted: <= 105 %)", end=", ")
    print(f"{heard.product.work / heard.bare.work:.1%} of its work on the processors")
    print(f"  {product:.3f} s per second of sound against {bare:.3f} s (wanted: <= 0.3 s)")


def _heard(model: Model) -> Heard:
    """Turn about, changing who begins, so that a busy moment of the machine hits both alike."""
    given, heard = read_corpus(CORPUS.parent / "utterances.jsonl"), Heard()
    names = [entry.name for entry in given.lexicon.customers]
    recordings = sorted((*VOICE.glob("*.opus"), *VOICE.glob("*.amr")))
    _product(model, recordings[0].read_bytes(), names, given)  # the first run warms both up
    begun = time.perf_counter()
    for number, path in enumerate(recordings):
        if time.perf_counter() - begun > PATIENCE:
            break
        data = path.read_bytes()
        turns = [
            (heard.product, lambda data=data: _product(model, data, names, given)),
            (heard.bare, lambda data=data: _bare(model, data, names)),
        ]
        for spent, act in turns if number % 2 else reversed(turns):
            spent.on(act)
        heard.sound += len(samples(data, 600.0)) / RATE
        heard.recordings += 1
    return heard


def _product(model: Model, data: bytes, names: list[str], given: Corpus) -> None:
    transcript = listen(model, data, names, 600.0)
    understand(transcript.text, now=given.now, lexicon=given.lexicon, transcript=transcript)


def _bare(model: Model, data: bytes, names: list[str]) -> None:
    from faster_whisper import decode_audio

    segments, _ = model.transcribe(decode_audio(io.BytesIO(data)), **options(names))
    list(segments)


if __name__ == "__main__":
    main()
