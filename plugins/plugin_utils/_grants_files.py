# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collects the grants of a task from lists, texts and files, on the controller."""

from __future__ import annotations

import datetime
import os
import re
from typing import TYPE_CHECKING, Any

import yaml
from ansible.errors import AnsibleError
from ansible.parsing import vault

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.grants import Source
from ansible_collections.grantops.cloud.plugins.plugin_utils import _grants_text as texts
from ansible_collections.grantops.cloud.plugins.plugin_utils import _variables as variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ENDINGS = (".yml", ".yaml", ".json")
# Ansible's reasons that quote nothing but names.
UNFILLED = (
    r"'\w+' is undefined|(object of type )?'\w+( object)?' has no attribute '\w+'|No (filter|test) named '[\w.]+'"
)
NO_DATE = r"(year|month|day|hour|minute|second)\b[\w ,.-]*$"  # Python's words for a date such as 2027-02-30
UNLOCK = "give the password with --vault-password-file or --ask-vault-pass"
VAULTED = "_ciphertext"  # an attribute of inline vaults that were not decrypted yet, in ansible-core 2.17 and 2.18
VAULTS: Any = getattr(vault, "VaultHelper", None)  # tells which texts come from inline vaults, since ansible-core 2.19


class Collected:
    """The grants of all sources: rows, the place of each, problems, and texts that must not be shown."""

    def __init__(self) -> None:
        self.named = False  # whether grants were given, even an empty list
        self.rows: list[Any] = []
        self.sources: list[Source] = []
        self.problems: list[errors.Problem] = []
        self.hidden: list[str] = []

    def refuse(self, text: str) -> None:
        self.problems.append(errors.Problem("", errors.printable(text)))

    def add(self, rows: Iterable[Any], file: str | None = None, lines: Sequence[int] = ()) -> None:
        self.named = True
        for number, raw in enumerate(rows):
            line = lines[number] if number < len(lines) else None
            self.sources.append(Source(len(self.rows), raw, file, number, line))
            self.rows.append(raw)


def collect(
    args: dict[str, Any], loader: Any, templar: Any, task_vars: Mapping[str, Any], info: bool = False
) -> tuple[Collected, dict[str, Any]]:
    """``(Collected, options)``: the grants of a task, and the options that its files hold. Takes both out of ``args``.

    With ``info``, for a task that reads, files need not hold grants, and the line in which each grant begins is noted.
    """
    found = Collected()
    options: dict[str, Any] = {}
    tidy = _Tidy(task_vars.get("omit"), found.hidden)
    for name in ("grants", "permissions_grants"):
        given = args.pop(name, None)
        if given is not None:
            _take(found, tidy, given, name)
    for name in ("grants_file", "permissions_file"):
        for label, path in _paths(found, args.pop(name, None), loader):
            _load(found, options, tidy, label, path, loader, templar, info)
    return found, options


def rules(found: Collected, args: dict[str, Any], loader: Any, templar: Any) -> Any:
    """The guardrails of a task, those of its file included; takes the file out of ``args``."""
    given = args.get("guardrails", args.pop("permissions_guardrails", None))
    path = args.pop("guardrails_file", args.pop("permissions_guardrails_file", None))
    if path is None:
        return given
    for label, place in _paths(found, path, loader):
        try:
            content = templar.template(_content(loader, place))
        except AnsibleError as error:
            found.refuse(f"{label} cannot be read: {_reason(error, place)}")
            continue
        if isinstance(content, dict):
            content = content.get("permissions_guardrails")
        if not isinstance(content, list) or not content:
            found.refuse(f"{label} must hold permissions_guardrails and a list of rules that is not empty")
            continue
        given = [*(given or []), *content]
    return given


def _take(
    found: Collected, tidy: _Tidy, given: Any, name: str, file: str | None = None, lines: Sequence[int] = ()
) -> None:
    where = f"{file}: " if file else ""
    try:
        rows, unreadable = texts.load(tidy(given))
    except AnsibleError:
        found.refuse(f"{where}{name} holds a vault that cannot be decrypted: {UNLOCK}")
        return
    rows = tidy(rows)  # a text may hold dates
    for text in unreadable:
        found.refuse(where + text)
    if rows is None:
        return
    if not isinstance(rows, list):
        got = "a mapping" if isinstance(rows, dict) else "a single value"
        found.refuse(f"{where}{name} must be a list of grants; got {got}")
    else:
        found.add(rows, file, lines)


def _paths(found: Collected, given: Any, loader: Any) -> Iterator[tuple[str, str]]:
    """Yield ``(label, path)`` of each file; a directory stands for the files in it."""
    if given is None:
        return
    names = [given] if isinstance(given, str) else given if isinstance(given, (list, tuple)) else [None]
    if isinstance(given, str) and "," in given and not os.path.exists(os.path.expanduser(given)):
        names = [name.strip() for name in given.split(",")]
    for name in names:
        if not isinstance(name, str) or not name:
            found.refuse(
                "grants_file must be the path of a file or directory, or a list of such paths; got something else"
            )
            continue
        path = os.path.expanduser(str(name))
        path = os.path.abspath(path) if os.path.exists(path) else loader.path_dwim(path)
        if not os.path.isdir(path):
            yield str(name), path
            continue
        try:
            entries = os.listdir(path)
        except OSError as error:
            found.refuse(f"{name} cannot be read: {error.strerror}")
            continue
        inside = sorted(entry for entry in entries if entry.endswith(ENDINGS) and not entry.startswith("."))
        if not inside:
            found.refuse(f"{name} must hold files of grants ({', '.join(ENDINGS)}); got a directory without any")
        for entry in inside:
            yield os.path.join(str(name), entry), os.path.join(path, entry)


def _load(
    found: Collected, options: dict[str, Any], tidy: _Tidy, label: str, path: str, loader: Any, templar: Any, info: bool
) -> None:
    """Take the grants of one file, and the options that it holds beside them."""
    try:
        content = _content(loader, path)
    except AnsibleError as error:
        found.refuse(f"{label} cannot be read: {_reason(error, path)}")
        return
    if not isinstance(content, dict):
        found.refuse(
            f"{label} must hold permissions_grants: and a list of grants; got {'nothing' if content is None else 'something else'}"
        )
        return
    if "permissions_grants" not in content and not info:
        found.refuse(f"{label} must hold permissions_grants; got a file without it")
    for text in (*variables.of_file([str(name) for name in content]), *_doubled(path)):
        found.refuse(f"{label}: {text}")
    try:
        content = templar.template(content)
    except AnsibleError as error:
        found.refuse(f"{label} cannot be used: {_unfilled(error)}")
        return
    for option, name in variables.READING if info else variables.OPTIONS.items():
        if name not in content:
            continue
        if option == "grants":
            _take(found, tidy, content[name], name, label, _lines(path) if info else ())
        elif option in options and options[option] != content[name]:
            found.refuse(f"{label}: {name} must be the same in all files; got another value than in an earlier one")
        else:
            options[option] = content[name]


def _content(loader: Any, path: str) -> Any:
    # `unsafe` is about Ansible's cache: the content is not in it, so it need not be copied, which takes long.
    how = {"cache": "none", "unsafe": True}
    try:
        try:
            return loader.load_from_file(path, trusted_as_template=True, **how)
        except TypeError:  # ansible-core before 2.19 trusts all files
            return loader.load_from_file(path, **how)
    except ValueError as error:  # of a date that does not exist, which ansible-core before 2.19 lets pass
        raise AnsibleError(str(error)) from error


def _doubled(path: str) -> Iterator[str]:
    """Yield a message for each variable that stands in a file twice: for Ansible, the last one counts, with a warning."""
    if not os.path.isfile(path):  # a pipe has been read already
        return
    with open(path, "rb") as file:
        names = re.findall(rb"^permissions_[a-z_]+(?=[ \t]*:)", file.read(), re.MULTILINE)
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name.decode('ascii')} must stand in a file once; with several, all but the last one would be lost"


def _lines(path: str) -> list[int]:
    """The lines in which the grants of a file begin; empty for a vault."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return texts.lines(file.read())


def _reason(error: BaseException | None, path: str) -> str:
    """Why a file cannot be read. Ansible's own message quotes the line, which may hold a key."""
    if not os.path.exists(path):
        return "it does not exist"
    for cause in _causes(error):
        if isinstance(cause, yaml.MarkedYAMLError):
            return f"it is not YAML: {texts.mistake(cause)}"
        if isinstance(cause, ValueError) and re.match(NO_DATE, str(cause)):
            return f"it holds a date that does not exist: {cause}"
    content = b""
    if os.path.isfile(path):  # a pipe has been read already
        with open(path, "rb") as file:
            content = file.read()
    if content.startswith(b"$ANSIBLE_VAULT"):
        return f"it is a vault that cannot be decrypted: {UNLOCK}"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "it is not text in UTF-8"
    return f"it is not YAML, or holds a vault that cannot be decrypted: {UNLOCK}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """``error``, and what caused it."""
    while error is not None:
        yield error
        error = getattr(error, "orig_exc", None) or error.__cause__ or error.__context__


def _unfilled(error: BaseException) -> str:
    """Why the templates and vaults of a file cannot be filled in. Ansible's reason is told if it names variables only."""
    for cause in _causes(error):
        found = re.search(UNFILLED, str(cause))
        if found:
            return f"a template in it cannot be filled in, since {found.group()}"
    return f"a template in it cannot be filled in, or a vault in it cannot be decrypted: {UNLOCK}"


class _Tidy:
    """Copies grants with plain values: without Ansible's marks and omitted entries, vaults and dates as text."""

    def __init__(self, omit: Any, hidden: list[str]) -> None:
        self._omit = omit
        self._hidden = hidden

    def __call__(self, value: Any) -> Any:
        if isinstance(value, str):
            text = str.__str__(value)
            if VAULTS is not None and VAULTS.get_ciphertext(value, with_tags=False):
                self._hidden.append(text)
            return text
        if isinstance(value, dict):
            return {self(key): self(item) for key, item in value.items() if not self._left_out(item)}
        if isinstance(value, (list, tuple)):
            return [self(item) for item in value if not self._left_out(item)]
        if hasattr(value, VAULTED):
            text = str(value)
            self._hidden.append(text)
            return text
        if isinstance(value, (datetime.date, datetime.datetime)):
            return value.isoformat()
        return value

    def _left_out(self, value: Any) -> bool:
        # Before ansible-core 2.19, `omit` is a text that differs in each run; since then it is an object of its own class.
        return (isinstance(value, str) and value == self._omit) or type(value).__name__ in (
            "OmitType",
            "_OmitType",
            "Omit",
        )
