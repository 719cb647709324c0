"""Fetch the speech model into a folder and check it: python scripts/fetch_weights.py FOLDER [--model base] [--no-hub]."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from transcription.errors import TranscriptionError
from transcription.weights import fetch


def main() -> int:
    """Exit code 0 where the model lies checked in the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="base")
    parser.add_argument("--no-hub", action="store_true", help="skip the model hub")
    given = parser.parse_args()
    try:
        place = fetch(given.folder, given.model, say=lambda line: print(line, flush=True), hub=not given.no_hub)
    except TranscriptionError as error:
        print(f"语音模型没有准备好：{error}", file=sys.stderr)
        return 1
    print(f"语音模型在 {place}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
