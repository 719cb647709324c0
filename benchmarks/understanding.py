"""How long a typed message takes to understand with 2,000 customers in the lexicon; run by `make bench`.

Prints the median and the 99th percentile in milliseconds, and the time and memory the index takes once.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import time
import tracemalloc
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from transcription.corpus import read_corpus
from transcription.lexicon import Entry, Lexicon
from transcription.understanding import understand

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus" / "own.jsonl"
CUSTOMERS = 2_000
ROUNDS = 3
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
    print(f"  first message with its index {ready:.2f} s, {memory / 1e6:.0f} MB")


def _timed(text: str, now: datetime, names: Lexicon) -> float:
    begun = time.perf_counter()
    understand(text, now=now, lexicon=names)
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
