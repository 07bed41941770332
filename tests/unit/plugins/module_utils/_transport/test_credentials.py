# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where credentials come from: the task, the environment, files."""

from __future__ import annotations

import os

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._transport import credentials as creds

# -- the chain -------------------------------------------------------------------------------------


def chain(*values):
    return creds.CredentialChain(*(creds.Source(f"source {number}", value) for number, value in enumerate(values)))


@pytest.mark.parametrize("unset", [{}, {"a": None}, {"a": ""}])
def test_the_strongest_source_that_has_a_value_wins(unset):
    assert chain(unset, {"a": "1"}, {"a": "2"}).get("a") == "1"


def test_what_no_source_has_is_none_and_a_timeout_has_a_default():
    assert chain({}, {}).get("a") is None
    assert chain({}, {}).seconds("timeout", 5) == 5


def test_zero_is_a_timeout():
    assert chain({"timeout": 0}, {"timeout": 1}).seconds("timeout", 5) == 0


@pytest.mark.parametrize(
    "value",
    [5, True, ["a"], {"a": 1}, "a\nb", "a\x00", "a\r", "{{ secret }}", "{% raw %}"]
    + [
        " a-key",
        "a-key ",
        "a-key\t",
        "\u00a0a-key",
        "a-key\u3000",
        "\ufeffa-key",
        "a-key\u200b",
        "a\u00a0key",
        "a\u061ckey",
    ],
)
def test_a_setting_that_is_no_plain_text_is_refused_without_being_quoted(value):
    for found in (lambda: chain({"a": value}).get("a"), lambda: chain({"a": value, "b": "1"}).get_together(("a", "b"))):
        with pytest.raises(errors.ConfigurationError, match="source 0 has no usable a: ") as caught:
            found()
        assert str(value) not in caught.value.message


@pytest.mark.parametrize("value", ["a-key\n", " a-key", "a-key\u00a0"])
def test_what_was_pasted_with_more_than_the_key_is_refused_with_a_hint(value):
    with pytest.raises(errors.ConfigurationError) as caught:
        chain({"a": value}).get("a")
    assert caught.value.hint == "If it was pasted, remove what does not belong to it, also before and after."


@pytest.mark.parametrize("value", ["a b", " a", "a ", "a\u00a0"])
def test_a_password_that_people_choose_may_hold_blanks(value):
    assert chain({"iam_password": value}).get("iam_password") == value


@pytest.mark.parametrize("value", ["令", "é", "a\x7f", "\u200b"])
def test_what_a_header_carries_is_ascii(value):
    with pytest.raises(errors.ConfigurationError, match="b holds a character that HTTP cannot carry"):
        creds.check_header_texts({"a": None, "b": value})
    creds.check_header_texts({"a": "x-1 ~", "b": ""})


def test_credentials_that_belong_together_come_from_one_source():
    found = chain({}, {"key": "k1", "secret": "s1"}, {"key": "k2", "secret": "s2", "token": "t2"})
    assert found.get_together(("key", "secret"), ("token",)) == {"key": "k1", "secret": "s1", "token": None}


def test_what_belongs_together_is_never_completed_from_another_source():
    with pytest.raises(errors.ConfigurationError, match="source 0 has key but not secret") as caught:
        chain({"key": "k1"}, {"key": "k2", "secret": "s2"}).get_together(("key", "secret"))
    assert "one source only" in caught.value.hint


def test_all_that_a_source_has_and_lacks_is_named():
    with pytest.raises(errors.ConfigurationError, match="^source 0 has a, b but not c, d\\.$"):
        chain({"a": "1", "b": "2"}).get_together(("a", "b", "c", "d"))


def test_an_optional_setting_is_no_credential_by_itself():
    with pytest.raises(errors.ConfigurationError, match="^source 0 has t1, t2 but not key, secret\\.$") as caught:
        chain({"t1": "1", "t2": "2"}, {"key": "k2", "secret": "s2"}).get_together(("key", "secret"), ("t0", "t1", "t2"))
    assert caught.value.hint == "Credentials that belong together are taken from one source only."


def test_a_message_has_the_name_that_a_setting_has_where_it_comes_from(monkeypatch):
    monkeypatch.setenv("A_VARIABLE", "1\n")
    monkeypatch.setenv("T_VARIABLE", "soon")
    found = creds.CredentialChain(
        creds.Source("The task", {}), creds.environment({"a": "A_VARIABLE", "b": "B_VARIABLE"})
    )
    assert (found.name("a"), found.name("b")) == ("A_VARIABLE", "b")
    with pytest.raises(
        errors.ConfigurationError, match="^The environment has no usable A_VARIABLE: it holds a line break"
    ):
        found.get("a")
    with pytest.raises(errors.ConfigurationError, match="^The environment has A_VARIABLE but not B_VARIABLE"):
        found.get_together(("a", "b"))
    with pytest.raises(errors.ConfigurationError, match="^T_VARIABLE must be a number of seconds; got 'soon'"):
        creds.seconds("soon", "T_VARIABLE")


def test_a_source_whose_credentials_are_refused_is_not_passed_over():
    refused = creds.Source("one", {"key": "k1", "secret": "s1"}, refused="no")
    good = creds.Source("other", {"key": "k2", "secret": "s2"})
    assert creds.CredentialChain(good, refused).get_together(("key", "secret"))["key"] == "k2"
    with pytest.raises(errors.ConfigurationError, match="^no$"):
        creds.CredentialChain(refused, good).get_together(("key", "secret"))


def test_credentials_that_no_source_has_are_none():
    assert chain({}, {}).get_together(("key", "secret")) is None


# -- files -----------------------------------------------------------------------------------------


def read(monkeypatch=None, path=None):
    if path is not None:
        monkeypatch.setenv("THE_FILE", str(path))
    return creds.read_file("THE_FILE", ".tool", "settings")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_with_or_without_a_byte_order_mark(monkeypatch, tmp_path, encoding):
    (tmp_path / "x").write_bytes("é".encode(encoding))
    assert read(monkeypatch, tmp_path / "x") == (str(tmp_path / "x"), "é", [])


def test_a_file_that_is_not_named_need_not_be_there(tmp_path):
    assert read() == (str(tmp_path / ".tool" / "settings"), None, [])
    (tmp_path / ".tool").write_text("no folder")
    assert read()[1] is None


@pytest.mark.parametrize("path", ["~/x", "$HOME/x"])
def test_a_named_file_may_be_below_the_home(monkeypatch, tmp_path, path):
    (tmp_path / "x").write_text("text")
    assert read(monkeypatch, path.replace("$HOME", str(tmp_path)))[1] == "text"


@pytest.mark.parametrize(
    ("name", "reason"), [("none", "No such file"), ("x/none", "Not a directory"), ("~", "Is a directory")]
)
def test_a_named_file_that_cannot_be_read_is_an_error(monkeypatch, tmp_path, name, reason):
    (tmp_path / "x").write_text("text")
    with pytest.raises(errors.ConfigurationError, match=f", which THE_FILE names, cannot be read: {reason}"):
        read(monkeypatch, name if name == "~" else tmp_path / name)


def test_a_file_that_is_there_but_cannot_be_read_is_an_error(tmp_path):
    (tmp_path / ".tool" / "settings").mkdir(parents=True)
    with pytest.raises(errors.ConfigurationError, match=r"/\.tool/settings cannot be read: Is a directory\.$"):
        read()


@pytest.mark.parametrize("there", [True, False])
def test_a_home_that_may_not_be_read_has_no_file_and_a_file_that_may_not_is_an_error(monkeypatch, tmp_path, there):
    if there:
        (tmp_path / ".tool").mkdir()
        (tmp_path / ".tool" / "settings").write_text("text")

    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    if not there:
        assert read()[1] is None
        return
    with pytest.raises(errors.ConfigurationError, match="settings cannot be read: Permission denied"):
        read()


def test_a_file_that_is_no_text_is_an_error_without_its_content(monkeypatch, tmp_path):
    (tmp_path / "x").write_bytes(b"secret-in-file\xff")
    with pytest.raises(errors.ConfigurationError, match=r"names, is not text in UTF-8\.$") as caught:
        read(monkeypatch, tmp_path / "x")
    assert caught.value.__suppress_context__
    assert "secret-in-file" not in caught.value.text()


@pytest.mark.parametrize(
    ("of_file", "of_folder", "named"),
    [(0o600, 0o700, None), (0o644, 0o755, None), (0o644, 0o1777, None),
     (0o664, 0o755, "x"), (0o602, 0o755, "x"), (0o600, 0o775, None), (0o600, 0o777, "folder"), (0o600, 0o702, "folder")],
)  # fmt: skip
def test_a_file_that_others_can_write_is_read_with_a_warning(monkeypatch, tmp_path, of_file, of_folder, named):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "x").write_text("text")
    (folder / "x").chmod(of_file)
    folder.chmod(of_folder)
    unused, text, warnings = read(monkeypatch, folder / "x")
    assert text == "text"
    start = f"Others can write {folder / 'x' if named == 'x' else folder}, so they can decide"
    assert [warning.startswith(start) for warning in warnings] == [True] * bool(named)


def test_a_file_of_another_user_is_read_with_a_warning(monkeypatch, tmp_path):
    (tmp_path / "x").write_text("text")
    if os.geteuid() == 0:
        os.chown(tmp_path / "x", 4711, -1)
    else:
        monkeypatch.setattr("os.geteuid", lambda: 4711)
    assert read(monkeypatch, tmp_path / "x")[2][0].endswith(": it belongs to another user.")


@pytest.mark.parametrize(("value", "number"), [("5", 5.0), (5, 5.0), (" 2.5 ", 2.5)])
def test_seconds_may_be_text(value, number):
    assert creds.seconds(value) == number


@pytest.mark.parametrize("value", ["soon", None, [1], "nan", float("inf")])
def test_seconds_must_be_a_number(value):
    with pytest.raises(errors.ConfigurationError, match="timeout must be a number of seconds"):
        creds.seconds(value)
