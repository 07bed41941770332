# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where credentials come from: the task, the environment, files."""

from __future__ import annotations

import os

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._transport import credentials as creds
from ansible_collections.grantops.cloud.tests.unit.scripted import error_of


def chain(*values):
    return creds.CredentialChain(*(creds.Source(f"source {number}", value) for number, value in enumerate(values)))


@pytest.mark.parametrize("unset", [{}, {"a": None}, {"a": ""}])
def test_the_strongest_source_that_has_a_value_wins(unset):
    assert chain(unset, {"a": "1"}, {"a": "2"}).get("a") == "1"


def test_what_no_source_has_is_none_and_a_timeout_has_a_default():
    empty = chain({}, {})
    assert (empty.get("a"), empty.get_together(("key", "secret")), empty.seconds("timeout", 5)) == (None, None, 5)
    assert chain({"timeout": 0}, {"timeout": 1}).seconds("timeout", 5) == 0


BLANKS = [
    " a-key",
    "a-key ",
    "\u00a0a-key",
    "a-key\u3000",
    "\ufeffa-key",
    "a-key\u200b",
    "a\u00a0key",
    "a\u061ckey",
]
PASTED = "If it was pasted, remove what does not belong to it, also before and after."


@pytest.mark.parametrize(
    ("values", "reason", "hint"),
    [
        ([5, True, ["a"], {"a": 1}], "it is not text", None),
        (["{{ secret }}", "{% raw %}"], "it holds a template that was not filled in", None),
        (["a\nb", "a\x00", "a\r", "a-key\n", "a-key\t"], "it holds a line break or another control character", PASTED),
        (BLANKS[:4], "it begins or ends with a blank", PASTED),
        (BLANKS[4:], "it holds an invisible character", PASTED),
    ],
    ids=["no text", "template", "control character", "blank", "invisible"],
)
def test_a_setting_that_is_no_plain_text_is_refused_without_being_quoted(values, reason, hint):
    for value in values:
        both = chain({"a": value, "b": "1"})
        for error in (error_of(both.get, "a"), error_of(both.get_together, ("a", "b"))):
            assert (error.message, error.hint) == (f"source 0 has no usable a: {reason}.", hint)


@pytest.mark.parametrize("value", ["a b", " a", "a ", "a\u00a0"])
def test_a_password_that_people_choose_may_hold_blanks(value):
    assert chain({"iam_password": value}).get("iam_password") == value


@pytest.mark.parametrize("value", ["令", "é", "a\x7f", "\u200b"])
def test_what_a_header_carries_is_ascii(value):
    message = error_of(creds.check_header_texts, {"a": None, "b": value}).message
    assert message == "b holds a character that HTTP cannot carry: only ASCII can be sent."
    creds.check_header_texts({"a": "x-1 ~", "b": ""})


def test_credentials_that_belong_together_come_from_one_source():
    found = chain({}, {"key": "k1", "secret": "s1"}, {"key": "k2", "secret": "s2", "token": "t2"})
    assert found.get_together(("key", "secret"), ("token",)) == {"key": "k1", "secret": "s1", "token": None}


PAIR = {"key": "k2", "secret": "s2"}


@pytest.mark.parametrize(
    ("values", "options", "said"),
    [
        ([{"key": "k1"}, PAIR], [("key", "secret")], "source 0 has key but not secret."),
        ([{"a": "1", "b": "2"}], [("a", "b", "c", "d")], "source 0 has a, b but not c, d."),
        # An optional setting is no credential by itself.
        ([{"t1": "1", "t2": "2"}, PAIR], [("key", "secret"), ("t0", "t1", "t2")], "source 0 has t1, t2 but not key, secret."),
    ],
)  # fmt: skip
def test_what_belongs_together_is_never_completed_from_another_source(values, options, said):
    error = error_of(chain(*values).get_together, *options)
    assert error.message == said
    lacking = said.partition(" but not ")[2].rstrip(".")
    assert error.hint == f"Set {lacking} there too: credentials that belong together are taken from one source only."


def test_a_message_has_the_name_that_a_setting_has_where_it_comes_from(environment):
    environment(A_VARIABLE="1\n")
    variables = creds.environment({"a": "A_VARIABLE", "b": "B_VARIABLE"})
    found = creds.CredentialChain(creds.Source("The task", {}), variables)
    assert (found.name("a"), found.name("b")) == ("A_VARIABLE", "b")
    message = error_of(found.get, "a").message
    assert message == "The environment has no usable A_VARIABLE: it holds a line break or another control character."
    message = error_of(found.get_together, ("a", "b")).message
    assert message == "The environment has A_VARIABLE but not B_VARIABLE."
    message = error_of(creds.seconds, "soon", "T_VARIABLE").message
    assert message == "T_VARIABLE must be a number of seconds; got 'soon'."


def test_a_source_whose_credentials_are_refused_is_not_passed_over():
    refused = creds.Source("one", {"key": "k1", "secret": "s1"}, refused="no")
    good = creds.Source("other", PAIR)
    assert creds.CredentialChain(good, refused).get_together(("key", "secret"))["key"] == "k2"
    error = error_of(creds.CredentialChain(refused, good).get_together, ("key", "secret"))
    assert (error.message, error.hint) == (
        "no",
        "Set the keys in the task or the environment, or name another profile.",
    )


@pytest.fixture
def read(environment):
    """Reads the file that is named, or else the usual one."""

    def read(path=None):
        if path is not None:
            environment(THE_FILE=str(path))
        return creds.read_file("THE_FILE", ".tool", "settings")

    return read


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "folder" / "x"
    path.parent.mkdir()
    path.write_text("text")
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_with_or_without_a_byte_order_mark(read, file, encoding):
    file.write_bytes("é".encode(encoding))
    assert read(file) == (str(file), "é", [])


def test_a_file_that_is_not_named_need_not_be_there(read, tmp_path):
    assert read() == (str(tmp_path / ".tool" / "settings"), None, [])
    (tmp_path / ".tool").write_text("no folder")
    assert read()[1] is None


def test_a_named_file_may_be_below_the_home(read, file):
    assert read("~/folder/x")[1] == "text"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("~/none", "No such file or directory"), ("~/folder/x/none", "Not a directory"), ("~", "Is a directory")],
)
def test_a_named_file_that_cannot_be_read_is_an_error(read, file, name, reason):
    path = os.path.expanduser(name)
    assert error_of(read, name).message == f"{path}, which THE_FILE names, cannot be read: {reason}."


def test_a_file_that_is_there_but_cannot_be_read_is_an_error(read, tmp_path):
    (tmp_path / ".tool" / "settings").mkdir(parents=True)
    assert error_of(read).message.endswith("/.tool/settings cannot be read: Is a directory.")


def test_a_home_that_may_not_be_read_has_no_file_and_a_file_that_may_not_is_an_error(read, monkeypatch, tmp_path):
    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", refuse)
        assert read()[1] is None
    (tmp_path / ".tool").mkdir()
    (tmp_path / ".tool" / "settings").write_text("text")
    monkeypatch.setattr("builtins.open", refuse)
    assert "settings cannot be read: Permission denied" in error_of(read).message


def test_a_file_that_is_no_text_is_an_error_without_its_content(read, file):
    file.write_bytes(b"secret-in-file\xff")
    error = error_of(read, file)
    assert error.message == f"{file}, which THE_FILE names, is not text in UTF-8."
    assert error.__suppress_context__
    assert "secret-in-file" not in error.text()


@pytest.mark.parametrize(
    ("of_file", "of_folder", "named"),
    [(0o600, 0o700, None), (0o644, 0o755, None), (0o644, 0o1777, None),
     (0o664, 0o755, "x"), (0o602, 0o755, "x"), (0o600, 0o775, None), (0o600, 0o777, "folder"), (0o600, 0o702, "folder")],
)  # fmt: skip
def test_a_file_that_others_can_write_is_read_with_a_warning(read, file, of_file, of_folder, named):
    file.chmod(of_file)
    file.parent.chmod(of_folder)
    _path, text, warnings = read(file)
    place = file if named == "x" else file.parent
    said = f"Others can write {place}, so they can decide whose keys are used and where they are sent: run chmod go-w on it."
    assert (text, warnings) == ("text", [said] if named else [])


def test_a_file_of_another_user_is_read_with_a_warning(read, monkeypatch, file):
    if os.geteuid() == 0:
        os.chown(file, 4711, -1)
    else:
        monkeypatch.setattr("os.geteuid", lambda: 4711)
    assert read(file)[2][0].endswith(": it belongs to another user.")


@pytest.mark.parametrize(("value", "number"), [("5", 5.0), (5, 5.0), (" 2.5 ", 2.5)])
def test_seconds_may_be_text(value, number):
    assert creds.seconds(value) == number


@pytest.mark.parametrize("value", ["soon", None, [1], "nan", float("inf")])
def test_seconds_must_be_a_number(value):
    assert error_of(creds.seconds, value).message == f"timeout must be a number of seconds; got {errors.brief(value)}."
