# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Probes of RocketMQ users and of ROMA Connect topics."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .. import _text as texts
from .._huaweicloud import codes
from .._transport import pagination
from .assumptions import ROCKETMQ, ROMA
from .findings import Code, Probe, first, is_scratch, refused, until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._transport.pagination import Row

PAGE = 50
MOST_TOPICS = 30  # whose rows are read
TEXTS = ("description", "sensitive_word")
WHO = ("app_name", "user_name")


class RocketMQProbe(Probe):
    """Scratch users have DENY everywhere, no whitelisted address, and a key that is never shown."""

    system = ROCKETMQ

    def __init__(self, *arguments: Any, instance_id: str, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.users = ("instances", instance_id, "users")
        self.only_administrators = False

    def _page(self, offset: int, limit: int) -> tuple[list[Row], Any]:
        response = self.client.call("ListUser", "GET", self.users, [("limit", limit), ("offset", offset)])
        self.findings.tell("A306", "error_code" not in response, "the responses were looked at")
        return pagination.rows(response, "users", "access_key"), response.get("total")

    def _rows(self) -> list[Row]:
        pages = pagination.Pages(1, self._page, PAGE, lambda row: row["access_key"], "users")
        rows = list(pages.all().values())
        for row in rows:
            self._keep_secret(row)
        return rows

    def _keep_secret(self, row: Mapping[str, Any]) -> None:
        secret = row.get("secret_key")
        self.client.secrets.add(secret if isinstance(secret, str) else None)

    def _show(self, name: str) -> Row | None:
        try:
            row: Row = self.client.call("ShowUser", "GET", (*self.users, name))
        except errors.RequestError as error:
            if not refused(error):
                raise
            return None
        self._keep_secret(row)
        return row

    def look(self) -> None:
        tell, rows = self.findings.tell, self._rows()
        self.others |= {row["access_key"] for row in rows}
        self._look_at(rows)
        self.only_administrators = bool(rows) and all(row.get("admin") is True for row in rows)
        admins = [row for row in rows if row.get("admin") is True]
        if admins:
            blank = sum(1 for row in admins if not row.get("default_topic_perm") or not row.get("default_group_perm"))
            tell("A303", not blank, "{} of {} are blank", blank, len(admins))
        else:
            tell("A303", None, "no administrator is there")
        perms = [perm for row in rows for perm in _perms(row) if "|" in perm]
        if perms:
            swapped = sum(1 for perm in perms if perm != "PUB|SUB")
            tell("A305", not swapped, "{} of {} are written otherwise", swapped, len(perms))
        else:
            tell("A305", None, "no user has both")
        self._past_the_end(len(rows))
        try:
            self.client.call("ShowUser", "GET", (*self.users, self.name))
        except errors.RequestError as error:
            if not refused(error):
                raise
            tell("A301", error.kind == errors.NOT_FOUND and error.status == 400, "it was {}", Code(error))
        else:
            tell("A301", False, "it was a good response")

    def _look_at(self, rows: list[Row]) -> None:
        shown = [row.get("secret_key") for row in rows]
        hidden = sum(1 for secret in shown if not isinstance(secret, str) or not secret or texts.masked(secret))
        if rows:
            self.findings.tell("A302", not hidden, "{} of {} keys are not shown", hidden, len(rows))

    def _past_the_end(self, count: int) -> None:
        if not count:
            self.findings.tell("A304", None, "no user is there")
            return
        try:
            rows, _total = self._page(count + PAGE, PAGE)
        except errors.RequestError as error:
            if not refused(error):
                raise
            self.findings.tell("A304", False, "it was refused: {}", Code(error))
        else:
            self.findings.tell("A304", not rows, "it has {} users", len(rows))

    # -- writing -------------------------------------------------------------------------------

    def scratch(self) -> dict[str, Any]:
        return {row["access_key"]: row for row in self._rows() if is_scratch(row["access_key"])}

    def remove(self, key: str, row: Any) -> None:
        self.client.call("DeleteUser", "DELETE", (*self.users, key))

    def _user(self, **more: Any) -> dict[str, Any]:
        user = {
            "access_key": self.name,
            "secret_key": self.secret,
            "white_remote_address": "",
            "admin": False,
            "default_topic_perm": "DENY",
            "default_group_perm": "DENY",
            "topic_perms": [],
            "group_perms": [],
        }
        return {key: value for key, value in dict(user, **more).items() if value is not None}

    def _create(self, **more: Any) -> None:
        response = self.client.call("CreateUser", "POST", self.users, body=self._user(**more), idempotent=False)
        name = response.get("access_key") if isinstance(response, dict) else None
        self.note(name if isinstance(name, str) and name else self.name)
        if isinstance(name, str) and name:
            self.findings.tell("A316", name == self.name, "its name was compared")
        else:
            self.findings.tell("A314", False, "the response to the creation has no user")

    def _write(self, **more: Any) -> None:
        response = self.client.call("UpdateUser", "PUT", (*self.users, self.made[0]), body=self._user(**more))
        if not (isinstance(response, dict) and response.get("access_key")):
            self.findings.tell("A314", False, "the response to an update has no user")

    def _try(self, number: str, **more: Any) -> bool:
        """Whether an update was accepted; a refusal is a finding."""
        try:
            self._write(**more)
        except errors.RequestError as error:
            if not refused(error):
                raise
            self.findings.tell(number, False, "it was refused: {}", Code(error))
            return False
        return True

    def try_out(self) -> None:
        self._writes()
        if self.made:
            self.findings.tell("A314", True, "the response to each write has the user")

    def _writes(self) -> None:
        tell = self.findings.tell
        self.secret = "Aa1-" + secrets.token_hex(12)
        self.client.secrets.add(self.secret)
        if self.only_administrators:
            # On the basic edition, a new user would be an administrator too.
            tell("A312", None, "every user is an administrator, as on the basic edition: none was made")
            return
        row = [{"name": self.name, "perm": "DENY"}]
        try:
            self._create(topic_perms=row)
            tell("A311", True, "a user was made with a topic that does not exist")
            made_with_row = True
        except errors.RequestError as error:
            if not refused(error):
                raise
            tell("A311", False, "it was refused: {}", Code(error))
            self._create()
            made_with_row = False
        name = self.made[0]
        user = self.shows("A313", lambda: self._show(name), lambda user: True)
        if user is None:
            return
        self._look_at([user])
        if user.get("admin") is not False or (made_with_row and user.get("topic_perms") != row):
            tell(
                "A312",
                False,
                "a new user is not as it was asked for; an administrator: {:d}",
                user.get("admin") is True,
            )
            return
        self._lists(name, row if made_with_row else [])

    def _lists(self, name: str, row: list[dict[str, str]]) -> None:
        tell = self.findings.tell
        group = [{"name": self.name, "perm": "DENY"}]

        def read() -> Row | None:
            return self._show(name)

        # Each write also changes a second list: the read that shows that one shows the first one as it is now.
        self._write(group_perms=group)
        user = self.shows("A313", read, lambda user: user.get("group_perms") == group)
        if user is None:
            tell("A312", False, "a permission of a group did not show")
            return
        tell("A312", True, "a row of a topic and one of a group showed")
        if row:
            tell(
                "A308",
                user.get("topic_perms") == [],
                "{} of 1 rows were there after it",
                len(user.get("topic_perms") or []),
            )
            self._write(topic_perms=row, group_perms=None)
            user = self.shows("A313", read, lambda user: user.get("topic_perms") == row)
            if user is not None:
                left = len(user.get("group_perms") or [])
                tell("A307", left == 0, "{} of 1 rows were there after it", left)
        public = [{"name": self.name, "perm": "PUB"}]
        if self._try("A310", topic_perms=row, group_perms=public):
            user = self.shows("A313", read, lambda user: user.get("group_perms") == public)
            tell("A310", user is not None, "it was taken, and shown: {:d}", user is not None)
        self._empty_key(read, group, row)
        self.shown_each_time("A313")

    def _empty_key(
        self, read: Callable[[], Row | None], group: list[dict[str, str]], row: list[dict[str, str]]
    ) -> None:
        tell = self.findings.tell
        other = [{"name": self.name, "perm": "SUB"}]
        if not self._try("A309", secret_key="", topic_perms=row, group_perms=other):
            return
        user = self.shows("A313", read, lambda user: user.get("group_perms") == other)
        shown = None if user is None else user.get("secret_key")
        if isinstance(shown, str) and shown and texts.masked(shown):
            tell("A309", None, "keys are not shown")
        elif user is not None:
            tell("A309", shown == self.secret, "the key was compared after it")


def _perms(row: Mapping[str, Any]) -> list[str]:
    found = [row.get("default_topic_perm"), row.get("default_group_perm")]
    for key in ("topic_perms", "group_perms"):
        rows = row.get(key)
        found += [entry.get("perm") for entry in rows if isinstance(entry, dict)] if isinstance(rows, list) else []
    return [perm for perm in found if isinstance(perm, str)]


class RomaProbe(Probe):
    """Adds one row to the topic that is named, for the application that is named, and removes it again.

    The row allows to subscribe to messages with a tag that no message has; this tag identifies the row. No other row is
    changed.
    """

    system = ROMA

    def __init__(self, *arguments: Any, instance_id: str, topic: str | None, app: str | None, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.instance_id = instance_id
        self.topic = topic
        self.app = app
        self.apps: list[Row] = []
        self.changed_otherwise = False  # something else than scratch rows has changed on the topic

    def _topics(self) -> tuple[list[Row], Any]:
        response = self.client.call("ListMqsInstanceTopics", "GET", ("mqs", "instances", self.instance_id, "topics"))
        return pagination.rows(response, "topics", "name"), response.get("total")

    def _policies(self, topic: str) -> list[Row]:
        path = ("mqs", "instances", self.instance_id, "topics", topic, "accesspolicy")
        rows: list[Row] = []
        total: Any = 1
        while isinstance(total, int) and len(rows) < total:
            found, total = self.client.page("ShowMqsInstanceTopicAccessPolicy", path, "policies", None, len(rows), PAGE)
            if not found:
                break
            rows += found
        return rows

    def _list_apps(self) -> list[Row]:
        def fetch(offset: int, limit: int) -> tuple[list[Row], Any]:
            path = ("instances", self.instance_id, "apps")
            rows, total = self.client.page("ListRomaApp", path, "apps", "id", offset, limit)
            self.client.secrets.add(*(row["secret"] for row in rows if isinstance(row.get("secret"), str)))
            return rows, total

        return list(pagination.Pages(1, fetch, PAGE, lambda row: row["id"], "applications").all().values())

    def look(self) -> None:
        tell = self.findings.tell
        topics, total = self._topics()
        if isinstance(total, int):
            tell("A407", total == len(topics), "{} topics came, and {} are stated", len(topics), total)
        if topics:
            lacking = sum(1 for row in topics if any(row.get(key) is None for key in TEXTS))
            tell("A406", not lacking, "{} of {} topics lack one", lacking, len(topics))
        self.apps = self._list_apps()
        rows = [row for topic in topics[:MOST_TOPICS] for row in self._policies(topic["name"])]
        self._look_at(rows)
        try:
            found = self._policies(self.name)
        except errors.RequestError as error:
            if not refused(error) or error.status not in (400, 404):
                raise
            tell("A404", True, "it was {}", Code(error))
        else:
            tell("A404", False, "it was a response with {} rows", len(found))

    def _look_at(self, rows: list[Row]) -> None:
        tell = self.findings.tell
        if not rows:
            return
        users = [row.get("user_name") for row in rows]
        by_id, by_key = ({app.get(key) for app in self.apps} - {None, ""} for key in ("id", "key"))
        ids, keys = (sum(1 for user in users if user in known) for known in (by_id, by_key))
        if ids or keys:
            tell("A401", not keys, "{} of {} rows have an id, {} a key", ids, len(rows), keys)
        hidden = len(rows) - sum(1 for user in users if user in by_id | by_key)
        tell("A402", not hidden, "{} of {} rows have an application that is not listed", hidden, len(rows))
        unnamed = sum(1 for row in rows if not row.get("app_name"))
        tell("A403", not unnamed, "{} of {} rows have no name", unnamed, len(rows))
        tags = [row["tag"] for row in rows if isinstance(row.get("tag"), str) and "||" in row["tag"]]
        if tags:
            spaced = sum(1 for tag in tags if " " in tag)
            tell("A405", not spaced, "{} of {} tags have blanks", spaced, len(tags))
        else:
            tell("A405", None, "no row has several tags")

    # -- writing -------------------------------------------------------------------------------

    def scratch(self) -> dict[str, Any]:
        if self.topic is None:
            return {}
        rows = self._policies(self.topic)
        return {str(number): row for number, row in enumerate(rows) if is_scratch(row.get("tag"))}

    def remove(self, key: str, row: Any) -> None:
        """All of them at once: the rows that are left are written as they were read."""
        if self.topic is None:
            raise AssertionError("no topic was named")
        rows = [row for row in self._policies(self.topic) if not is_scratch(row.get("tag"))]
        if rows:  # an empty list is never written
            self._write(rows)

    def clean_up(self) -> int:
        rows = self.scratch()
        if rows:
            self.remove("", None)
            _gone, elapsed, reads = until(self.scratch, lambda found: not found, self.wait, self.sleep)
            if reads > 1:
                self.findings.tell("A411", False, "it took {:.1f} s and {} reads", elapsed, reads)
        return len(self.scratch()) if rows else 0

    def _write(self, rows: list[Row]) -> None:
        """Write these rows, in the form in which they were read, with both texts of the topic."""
        described = first(row for row in self._topics()[0] if row["name"] == self.topic)
        if described is None:
            raise errors.ResponseError("the list of topics does not have the topic, so its row could not be written")
        topic = {key: described[key] for key in TEXTS if described.get(key) is not None}  # what a task sends too
        columns = ("access_policy", "owner", "tag")
        topic.update(
            name=self.topic,
            policies=[
                dict(
                    {column: row[column] for column in columns if row.get(column) is not None},
                    app_id=row.get("user_name"),
                    app_name=row.get("app_name") or row.get("user_name"),
                )
                for row in rows
            ],
        )
        path = ("mqs", "instances", self.instance_id, "topics", "accesspolicy")
        self.client.call("UpdateTopicAccessPolicy", "POST", path, body={"topics": [topic]})

    def _add(self, app: Row, rows: list[Row]) -> None:
        """Add a row for an application, with the operation that only adds rows if the region has it."""
        by_key = {row.get("user_name") for row in rows} & {other.get("key") for other in self.apps}
        by_id = {row.get("user_name") for row in rows} & {other["id"] for other in self.apps}
        row = {"app_name": app["name"], "access_policy": "sub", "tag": self.name}
        path = ("mqs", "instances", self.instance_id, "topics", str(self.topic), "access-policies", "batch-add")
        user = app["id"] if by_id or not app.get("key") else app["key"]
        try:
            self.client.call("BatchAddTopicAccessPolicy", "POST", path, body={"policies": [dict(row, user_name=user)]})
        except errors.RequestError as error:
            if not codes.not_offered(error):
                raise
            self.findings.tell("A409", False, "it was refused: {}", Code(error))
            user = app["key"] if by_key and not by_id and app.get("key") else app["id"]
            self._write([*rows, dict(row, user_name=user, owner=False)])
        else:
            self.findings.tell("A409", True, "it was taken")

    def _whole(self) -> tuple[list[Row], Any]:
        """All that is known of the topic."""
        if self.topic is None:
            raise AssertionError("no topic was named")
        rows = [row for row in self._policies(self.topic) if not is_scratch(row.get("tag"))]
        described = [row for row in self._topics()[0] if row["name"] == self.topic]
        texts_of_it = [{key: row.get(key) for key in TEXTS} for row in described]
        return sorted(rows, key=repr), texts_of_it

    def try_out(self) -> None:
        if self.topic is None or self.app is None:
            for number in ("A408", "A409", "A410", "A411"):
                self.findings.tell(number, None, "no topic and application were named for it")
            return
        described = [row for row in self._topics()[0] if row["name"] == self.topic]
        apps = [app for app in self.apps if app.get("name") == self.app]
        rows = self._policies(self.topic) if described else []
        if len(described) != 1 or any(described[0].get(key) is None for key in TEXTS):
            why = "the list of topics does not show all of the topic"
        elif len(apps) != 1:
            why = "the list of applications does not show the application once"
        elif {self.app, apps[0]["id"], apps[0].get("key")} & {row.get(key) for row in rows for key in WHO}:
            why = "the application has a row on the topic already"
        elif not rows:
            why = "the topic has no row, and an empty list is never written"
        else:
            self._add_and_remove(apps[0], rows)
            return
        for number in ("A408", "A409", "A410", "A411"):
            self.findings.tell(number, None, why)

    def _add_and_remove(self, app: Row, rows: list[Row]) -> None:
        tell, before = self.findings.tell, self._whole()
        try:
            self._add(app, rows)
        except errors.RequestError as error:
            if not refused(error):
                raise
            tell("A410", False, "it was refused: {}", Code(error))
            return
        shown = self.shows("A411", self.scratch, bool)
        tell("A410", shown is not None, "the row showed: {:d}", shown is not None)
        left = self.clean_up()
        if shown is not None:
            tell("A408", not left, "{} scratch rows were there after a write without them", left)
            self.shown_each_time("A411")
        self.changed_otherwise = self._whole() != before
