# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where settings and credentials come from: the task, the environment, the files of the official tools.

The first source that has a setting decides. What belongs together (a key and its secret) comes from one source only.
"""

from __future__ import annotations

import codecs
import math
import os
import re
import stat
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .. import _text as texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PASSWORDS = ("iam_password",)  # people choose them, so they may hold blanks and other characters that no key has


class Source:
    """Settings of one place: the task, the environment, or a file of the official tools."""

    def __init__(
        self,
        title: str,
        values: Mapping[str, Any],
        names: Mapping[str, str] | None = None,
        refused: str | None = None,
        warnings: Iterable[str] = (),
    ) -> None:
        self.title = title  # for messages: "The task", "The environment"
        self.values = values  # option -> value; None and '' mean that it is not set
        self.names = names or {}  # option -> its name in this place, for messages; the same name if it is not here
        self.refused = refused  # why credentials must not be taken from here, as a sentence
        self.warnings = tuple(warnings)  # for the result of the task

    def has(self, option: str) -> bool:
        """Whether there is a value of this option that is not empty."""
        return self.values.get(option) not in (None, "")

    def name(self, option: str) -> str:
        """What the setting of an option is called in this place."""
        return self.names.get(option, option)

    def list(self, options: Iterable[str]) -> str:
        """The names of ``options`` in this place, as one text for a message."""
        return ", ".join(self.name(option) for option in options)

    def text(self, option: str) -> str:
        """A setting that is there, as it can stand in one line of a request.

        Else ConfigurationError with the reason; it never quotes the value, which may be a secret.
        """
        value = self.values[option]
        hint: str | None = "If it was pasted, remove what does not belong to it, also before and after."
        if not isinstance(value, str):
            reason, hint = "it is not text", None
        elif texts.unprintable(texts.CONTROL, value):
            reason = "it holds a line break or another control character"
        elif option not in PASSWORDS and value != value.strip():
            reason = "it begins or ends with a blank"
        elif option not in PASSWORDS and not value.isprintable():
            reason = "it holds an invisible character"
        elif re.search(texts.TEMPLATE, value):
            reason, hint = "it holds a template that was not filled in", None
        else:
            return value
        raise errors.ConfigurationError(f"{self.title} has no usable {self.name(option)}: {reason}.", hint=hint)


class CredentialChain:
    """Settings from several sources, the strongest first: the task, the environment, the official tools' files."""

    def __init__(self, *sources: Source) -> None:
        self.sources = sources
        self.warnings = [text for source in sources for text in source.warnings]

    def source(self, *options: str) -> Source | None:
        """The strongest source that has one of ``options``, or ``None``."""
        return next((source for source in self.sources if any(map(source.has, options))), None)

    def get(self, option: str) -> str | None:
        """The text of ``option`` from the strongest source that has it, or ``None``; ConfigurationError if unusable."""
        source = self.source(option)
        return None if source is None else source.text(option)

    def seconds(self, option: str, default: float) -> float:
        """The number of seconds of ``option``, which a task gives as a number and the environment as text."""
        source = self.source(option)
        return default if source is None else seconds(source.values[option], source.name(option))

    def name(self, option: str) -> str:
        """The name of the setting where it comes from: an option of the task, a variable, or a key of a file."""
        source = self.source(option)
        return source.name(option) if source else option

    def get_together(self, needed: Sequence[str], optional: Sequence[str] = ()) -> dict[str, str | None] | None:
        """All of ``needed`` and ``optional`` from the first source that has one of ``needed``, or ``None``.

        An optional setting that the source does not have is ``None``. ConfigurationError when the source lacks one of
        ``needed``, or when a stronger source has only optional ones: a key of the task must never be signed with a
        secret from somewhere else.
        """
        for source in self.sources:
            found = list(filter(source.has, needed))
            if source.refused:
                raise errors.ConfigurationError(
                    source.refused, hint="Set the keys in the task or the environment, or name another profile."
                )
            lacking = [option for option in needed if option not in found]
            alone = [] if found else list(filter(source.has, optional))
            if alone or (found and lacking):
                raise errors.ConfigurationError(
                    f"{source.title} has {source.list(found or alone)} but not {source.list(lacking)}.",
                    hint=f"Set {source.list(lacking)} there too: credentials that belong together are taken from one source only.",
                )
            if found:
                options = (*needed, *optional)
                return {option: source.text(option) if source.has(option) else None for option in options}
        return None


def check_header_texts(settings: Mapping[str, str | None]) -> None:
    """ConfigurationError for a value that no HTTP header can carry, which is ASCII only.

    ``settings`` are values by the names that messages use for them; ``None`` is a value that is not sent.
    """
    for name, value in settings.items():
        if value is not None and not all(" " <= character <= "~" for character in value):
            raise errors.ConfigurationError(f"{name} holds a character that HTTP cannot carry: only ASCII can be sent.")


def environment(names: Mapping[str, str]) -> Source:
    """The environment as a source; ``names`` are the names of its variables by option."""
    return Source("The environment", {option: os.environ.get(variable) for option, variable in names.items()}, names)


def seconds(value: object, name: str = "timeout") -> float:
    """A finite number of seconds, also from text; ConfigurationError, which calls it ``name``, for anything else."""
    try:
        found = float(value)  # type: ignore[arg-type]  # what is no number is caught
        if math.isfinite(found):
            return found
    except (TypeError, ValueError):
        pass
    raise errors.ConfigurationError(f"{name} must be a number of seconds; got {errors.brief(value)}.") from None


BYTE_ORDER_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_file(variable: str, *default: str) -> tuple[str, str | None, list[str]]:
    """Path, text and warnings of a file of the official tools; the text is ``None`` where there is no file.

    The file that the environment variable ``variable`` names must exist. The file ``default``, which is given as parts
    of a path below the home directory, may be missing. ConfigurationError for a file that cannot be read.
    """
    named = os.environ.get(variable)
    path = os.path.expanduser(named or os.path.join("~", *default))
    called = f"{path}, which {variable} names," if named else path
    try:
        with open(path, "rb") as stream:
            content, status = stream.read(), os.fstat(stream.fileno())
    except OSError as problem:
        # Not found, or in a home directory of another user, which cannot be read.
        if not named and not os.path.exists(path):
            return path, None, []
        reason = problem.strerror or "it is not a file"
        raise errors.ConfigurationError(f"{called} cannot be read: {reason}.") from None
    # Editors on Windows begin a file with a byte order mark.
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if content.startswith(mark)), "utf-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeError:
        raise errors.ConfigurationError(f"{called} is not text in UTF-8.") from None
    return path, text, _open_to_others(path, status)


def _open_to_others(path: str, status: os.stat_result) -> list[str]:
    """A warning when somebody else could change the file: which keys are used, and where they are sent."""
    folder = os.path.dirname(os.path.abspath(path))
    # A folder may be writable for its group, which on many systems has its owner only. Where the sticky bit is set,
    # as for /tmp, nobody can replace a file of somebody else.
    for place, found, others in ((path, status, stat.S_IWGRP | stat.S_IWOTH), (folder, os.stat(folder), stat.S_IWOTH)):
        by_mode = found.st_mode & others and not found.st_mode & stat.S_ISVTX
        if by_mode or found.st_uid not in (0, os.geteuid()):
            what = "run chmod go-w on it" if by_mode else "it belongs to another user"
            return [
                f"Others can write {place}, so they can decide whose keys are used and where they are sent: {what}."
            ]
    return []
