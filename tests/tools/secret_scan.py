# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look through all that a run printed or left behind for planted secrets, in every form that a leak may have.

secret_scan.py PATH …: files and folders, for the simulator's secrets. Exits with 1 when one is found; it is named,
not shown.
"""

from __future__ import annotations

import base64
import dataclasses
import html
import json
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

HEAD = 8  # characters that would tell which secret it is, and half of many a password
# A folder of this name holds what a test itself wrote for a run to read, credentials among it.
INPUTS = "inputs"
ESCAPE = re.compile("%[0-9A-F]{2}")
GO = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"}  # what Go's JSON escapes beside the rest
FORMS = ("whole", "reversed", "base64", "URL-encoded", "JSON", "repr", "HTML", "hexadecimal", f"first {HEAD}")


def _base64(raw: bytes) -> Iterator[str]:
    """The part that depends on the secret alone, wherever it may begin in what is encoded."""
    for offset in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(b"\0" * offset + raw + b"\0" * 3).decode()
            yield coded[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6]


def forms(secret: str) -> dict[str, set[bytes]]:
    """The secret in each form; one that does not change it is left out."""
    raw = secret.encode()

    def numbered(form: str) -> str:
        return "".join(form.format(ord(character)) for character in secret)

    found = {
        "reversed": {secret[::-1]},
        "base64": set(_base64(raw)),
        "URL-encoded": {
            form
            for text in (quote(secret, safe=""), quote(secret), quote_plus(secret), quote(secret, safe="!'()*~"))
            for form in (text, ESCAPE.sub(lambda found: found.group().lower(), text))
        },
        "JSON": {
            form
            for text in (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
            for form in (text, text.replace("/", "\\/"), "".join(GO.get(character, character) for character in text))
        },
        "repr": {repr(secret)[1:-1]},
        "HTML": {
            html.escape(secret),
            html.escape(secret, quote=False),
            *map(numbered, ("&#{};", "&#x{:x};", "&#x{:X};")),
        },
        "hexadecimal": {raw.hex(), raw.hex().upper()},
    }
    # Of a short one the head is no secret, but a word.
    found[f"first {HEAD}"] = {secret[:HEAD]} if len(secret) > HEAD + 2 else set()
    result = {name: {text.encode() for text in texts if text != secret} for name, texts in found.items()}
    return {"whole": {raw}, **result}


@dataclasses.dataclass(frozen=True)
class Leak:
    place: str
    secret: str  # what it is called
    form: str

    def __str__(self) -> str:
        return f"{self.place}: {self.secret}, {self.form}"


class Scanner:
    """Knows secrets by what they are called; counts what it has looked at."""

    def __init__(self, secrets: dict[str, str]) -> None:
        self.needles = [
            (name, form, needle)
            for name, secret in sorted(secrets.items())
            for form, needles in forms(secret).items()
            for needle in sorted(needles)
        ]
        self.files = self.bytes = 0

    def scan(self, place: str, content: str | bytes) -> list[Leak]:
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
        self.files += 1
        self.bytes += len(raw)
        found = {Leak(place, name, form) for name, form, needle in self.needles if needle in raw}
        return sorted(found, key=str)

    def scan_path(self, path: Path, leave: Iterable[str] = ()) -> list[Leak]:
        """A file, or everything below a folder but the names in ``leave``; names are looked at as well."""
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        found = []
        for file in files:
            if file.is_symlink() or not file.is_file() or any(file.match(pattern) for pattern in leave):
                continue
            if INPUTS in file.relative_to(path).parts[:-1]:
                continue
            raw = file.read_bytes()
            found += self.scan(str(file), raw + b"\n" + str(file).encode() + unpacked(raw))
        return found


def unpacked(raw: bytes) -> bytes:
    """What compressed data holds: a file that is packed hides nothing."""
    if raw[:2] not in (b"\x1f\x8b", b"\x78\x9c"):
        return b""
    try:
        return zlib.decompressobj(47).decompress(raw, 1 << 26)
    except zlib.error:
        return b""


def planted() -> dict[str, str]:
    """What the simulator hands out. Those it makes up at run time begin like these, so their heads are found."""
    from simulator import credentials, estate
    from simulator.state import secrets_in

    found = dict(secrets_in({"credentials": credentials.fresh(), "demo": estate.demo()}))
    # How those begin that are made while it runs.
    found.update(token="MIISecretIssued-0000", ufile="ufileSecret-0000", urmq="urmqSecret-0000")  # noqa: S106
    assert len(found) > 20
    return found


def main() -> int:
    scanner = Scanner(planted())
    leaks = [leak for name in sys.argv[1:] for leak in scanner.scan_path(Path(name))]
    by_place: dict[str, list[str]] = {}
    for leak in leaks:
        place, _colon, what = str(leak).partition(": ")
        by_place.setdefault(place, []).append(what)
    for place, found in by_place.items():
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        print(f"LEAK {place}: {'; '.join(found[:3])}{more}")
    names = len({name for name, _form, _needle in scanner.needles})
    print(f"{scanner.files} files, {scanner.bytes} bytes, {names} secrets, {len(FORMS)} forms: {len(leaks)} found")
    if not scanner.files:
        print("Nothing was looked at.")
    return 1 if leaks or not scanner.files else 0


if __name__ == "__main__":
    sys.exit(main())
