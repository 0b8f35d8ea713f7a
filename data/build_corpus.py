"""Write the text that language models here are trained on, from CPython 3.11.7 and from no other version.

``python3.11 data/build_corpus.py`` writes ``corpus-python-reference.txt.gz`` beside this file, always the
same bytes. Its licence is in ``corpus-python-reference.LICENSE.txt``; README.md says what it is.
"""

from __future__ import annotations

import gzip
import hashlib
import platform
import re
from pathlib import Path

VERSION = "3.11.7"
OUTPUT = Path(__file__).with_name("corpus-python-reference.txt.gz")


def text() -> str:
    """Give all topics, sorted by key, lower-cased, with blanks, rules and empty lines folded."""
    from pydoc_data.topics import topics

    found = "\n".join(topics[key] for key in sorted(topics)).lower()
    found = re.sub(r"[ \t]+", " ", found)
    found = re.sub(r"[*=\-~+^]{3,}", "-", found)
    return re.sub(r"\n\s*\n+", "\n\n", found)


if __name__ == "__main__":
    if platform.python_version() != VERSION:
        raise SystemExit(f"the topics change with every release: run this with CPython {VERSION}")
    content = text().encode()
    OUTPUT.write_bytes(gzip.compress(content, 9, mtime=0))
    packed = OUTPUT.read_bytes()
    print(f"{len(content):,} bytes, packed {len(packed):,}, sha256 {hashlib.sha256(packed).hexdigest()}")
