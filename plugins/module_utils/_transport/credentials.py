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

from .. import _errors as errors
from .. import _text as texts

PASSWORDS = ("iam_password",)  # settings that people choose, which may hold what no key holds


class Source:
    """Settings of one place: the task, the environment, or a file of the official tools."""

    def __init__(self, title, values, names=None, refused=None, warnings=()):
        self.title = title
        self.values = values  # by option; None or '' is not set
        self.names = names or {}  # option -> what it is called there, so that a message names what is wrong
        self.refused = refused  # why credentials cannot be taken from here
        self.warnings = tuple(warnings)

    def has(self, option):
        return self.values.get(option) not in (None, "")

    def name(self, option):
        return self.names.get(option, option)

    def list(self, options):
        return ", ".join(self.name(option) for option in options)

    def text(self, option):
        """A setting that can stand in one line of a request; ConfigurationError, which does not quote it, says why it cannot."""
        value = self.values[option]
        hint = "Was it pasted? What stands before and after it belongs to none."
        if not isinstance(value, str):
            reason, hint = "it is no text", None
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
    """Settings from several sources, the strongest first: the task, the environment, the official tools' files.

    Values that belong together (a key and its secret) are taken from one source only: a key of the
    task must never be signed with a secret from somewhere else.
    """

    def __init__(self, *sources):
        self.sources = sources
        self.warnings = [text for source in sources for text in source.warnings]

    def source(self, *options):
        """The strongest source that has one of ``options``, or ``None``."""
        return next((source for source in self.sources if any(map(source.has, options))), None)

    def one(self, option, default=None):
        source = self.source(option)
        if source is None:
            return default
        return source.values[option] if option == "timeout" else source.text(option)

    def name(self, option):
        """What a message calls the setting: an option of the task, a variable, or a key of a file."""
        source = self.source(option)
        return source.name(option) if source else option

    def unit(self, needed, optional=()):
        """The first source that has one of ``needed``; ConfigurationError when it lacks another."""
        for source in self.sources:
            found = list(filter(source.has, needed))
            if source.refused:
                raise errors.ConfigurationError(
                    source.refused, hint="Give the task or the environment a key, or name another one."
                )
            lacking = [option for option in needed if option not in found]
            alone = [] if found else list(filter(source.has, optional))
            if alone or (found and lacking):
                raise errors.ConfigurationError(
                    f"{source.title} has {source.list(found or alone)} but not {source.list(lacking)}.",
                    hint="Credentials that belong together are taken from one source only.",
                )
            if found:
                options = tuple(needed) + tuple(optional)
                return {option: source.text(option) if source.has(option) else None for option in options}
        return None


def header_texts(settings):
    """Refuse what no HTTP header can carry, which is ASCII; ``settings`` by what they are called."""
    for name, value in settings.items():
        if value is not None and not all(" " <= character <= "~" for character in value):
            raise errors.ConfigurationError(f"{name} holds a character that HTTP cannot carry: only ASCII can be sent.")


def environment(names):
    """The environment as a source; ``names`` are its variables by option."""
    return Source("The environment", {option: os.environ.get(variable) for option, variable in names.items()}, names)


def seconds(value, name="timeout"):
    """A time-out, which the environment and files give as text."""
    try:
        found = float(value)
        if math.isfinite(found):
            return found
    except (TypeError, ValueError):
        pass
    raise errors.ConfigurationError(f"{name} must be a number of seconds, not {errors.brief(value)}.") from None


BYTE_ORDER_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_file(variable, *default):
    """Path, text and warnings of a file of the official tools; the text is ``None`` where there is none.

    The file that ``variable`` of the environment names must be there; the default one, below the home, need not.
    """
    named = os.environ.get(variable)
    path = os.path.expanduser(named or os.path.join("~", *default))
    told = f"{path}, which {variable} names," if named else path
    try:
        with open(path, "rb") as stream:
            content, status = stream.read(), os.fstat(stream.fileno())
    except OSError as problem:
        if not named and not os.path.exists(path):  # as in the home of somebody else, too
            return path, None, []
        raise errors.ConfigurationError(f"{told} cannot be read: {problem.strerror or 'it is no file'}.") from None
    # As editors on Windows write it.
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if content.startswith(mark)), "utf-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeError:
        raise errors.ConfigurationError(f"{told} is no text in UTF-8.") from None
    return path, text, _open_to_others(path, status)


def _open_to_others(path, status):
    """A warning when somebody else could set what a file says: which keys are used, and where they are sent."""
    folder = os.path.dirname(os.path.abspath(path))
    # A folder is its group's own on many systems, and in one such as /tmp nobody can replace a file of others.
    for place, found, others in ((path, status, stat.S_IWGRP | stat.S_IWOTH), (folder, os.stat(folder), stat.S_IWOTH)):
        by_mode = found.st_mode & others and not found.st_mode & stat.S_ISVTX
        if by_mode or found.st_uid not in (0, os.geteuid()):
            what = "run chmod go-w on it" if by_mode else "it belongs to another user"
            return [
                f"Others can write {place}, so they can decide whose keys are used and where they are sent: {what}."
            ]
    return []
