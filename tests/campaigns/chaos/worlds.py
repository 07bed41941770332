# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service may be like, for a whole run and without being wrong: worlds, and what is right in each of them.

A fault passes, a world stays: it is the same in the runs without faults that follow. Most worlds change nothing of what
has to come of a task. In the others a task may have to be refused before anything is written, or may never end well.
"""

from __future__ import annotations

import dataclasses
import random
import unicodedata
from dataclasses import dataclass
from typing import Any

from .oracle_systems import APPS, BY_NAME, TOPICS, Key, State
from .tasks import Goal, Task

UCLOUD, HUAWEI = ("ufile", "urocketmq"), ("rocketmq", "roma")
CREATING = ("create", "create-many", "mixed", "exclusive")
NAMED = ("ufile", "urocketmq", "rocketmq")  # what is made has a name that the task gives


@dataclass(frozen=True)
class World:
    """``values`` are the simulator's traps: one of them is set."""

    name: str
    systems: tuple[str, ...]
    values: tuple[dict[str, Any], ...] = ({},)
    credential: str = "admin"
    alone: bool = False  # not together with another one
    pause: float = 0.0  # seconds that a wait really takes where the others are not slept through

    def suits(self, system: str, operation: str, faults: list[str]) -> bool:
        return system in self.systems

    def traps(self, rng: random.Random, concurrency: int) -> dict[str, Any]:
        return dict(rng.choice(self.values))

    def furnish(self, sim, rng: random.Random, traps: dict[str, Any]) -> None:
        """Bring the estate into the shape that is meant."""

    def ask(self, task: Task, traps: dict[str, Any]) -> None:
        """Change what is asked for."""

    def means(self, goals: list[Goal], traps: dict[str, Any]) -> list[Goal]:
        """What a task asks for in this world."""
        return goals

    def earlier(self, task: Task, before: dict[Key, State], rng: random.Random) -> Task | None:
        """A task that has ended just before."""
        return None

    def spring(self, named: list[Key], witness, traps: dict[str, Any], rng: random.Random) -> None:
        """Add the traps of the run with faults."""

    def refuses(self, goal: Goal, traps: dict[str, Any]) -> str:
        """Why a task with this goal has to be refused before anything is written; empty where it has not."""
        return ""


def _each(estate, system: str):
    for place in BY_NAME[system].places:
        yield from BY_NAME[system].records(estate, place).values()


# -- what is not shown -----------------------------------------------------------------------------


class MaskedSecrets(World):
    """A write sends the whole user: without its secret it cannot be made, and with one it is never known to be so."""

    def means(self, goals, traps):
        for goal in goals:
            goal.unknown = goal.before is not None and "secret_key" in goal.entry.values
        return goals

    def refuses(self, goal, traps):
        if goal.action == "update" and "secret_key" not in goal.entry.values:
            return f"the secret of {goal} is masked, and the task does not give it"
        return ""


class BlankDefaults(World):
    """The same with an administrator's two default permissions."""

    OPTIONS = ("default_topic_perm", "default_group_perm")

    @staticmethod
    def _blank(state: State | None) -> bool:
        return state is not None and state["admin"]

    def means(self, goals, traps):
        for goal in goals:
            given = any(option in goal.entry.values for option in self.OPTIONS)
            goal.unknown = goal.unknown or (self._blank(goal.before) and given)
            # Of what has been written, what is blank is not seen either.
            goal.unseen = self._blank(goal.declared) and given
        return goals

    def refuses(self, goal, traps):
        lacking = [option for option in self.OPTIONS if option not in goal.entry.values]
        if goal.action == "update" and self._blank(goal.before) and lacking:
            return f"{', '.join(lacking)} of {goal} is blank, and the task does not give it"
        return ""


class HiddenApps(World):
    """The list of applications lacks some, so who they are can be told of rows only that are there."""

    def traps(self, rng, concurrency):
        hidden = rng.choice(APPS[1:])
        unnamed = {"unnamed_apps": [hidden]} if rng.random() < 0.3 else {}
        return {"hidden_apps": [hidden], **unnamed, **({"user_name_is_key": True} if rng.random() < 0.5 else {})}

    def furnish(self, sim, rng, traps):
        if rng.random() < 0.4:  # they are no more, and their rows are left
            for place in BY_NAME["roma"].places:
                for app in traps["hidden_apps"]:
                    sim.estate["huaweicloud"]["roma"][place]["apps"].pop(f"roma-app-{app}", None)

    def refuses(self, goal, traps):
        hidden = {row["app_name"] for row in goal.entry.values.get("policies", ())} & set(traps["hidden_apps"])
        for app in hidden:
            if app not in goal.before["policies"] or "unnamed_apps" in traps:
                return f"the application {app} of {goal} is not listed"
        return ""


# -- names and places ------------------------------------------------------------------------------


class TidyNames(World):
    """What is made gets another name than was asked for: told by an error, and never made again."""

    def suits(self, system, operation, faults):
        return super().suits(system, operation, faults) and operation in CREATING

    def traps(self, rng, concurrency):
        return {"tidy_names": rng.choice(("lower", "nfc", 20))}

    def ask(self, task, traps):
        how = traps["tidy_names"]
        if how == "nfc" and task.system.name == "rocketmq":
            how = traps["tidy_names"] = "lower"  # users have no such names
        for entry in task.entries:
            if entry.key is None:
                ((option, name),) = entry.names.items()
                if how == "lower":
                    asked, entry.kept = name.title(), name
                elif how == "nfc":
                    asked = name.replace("e", "e\u0301")
                    entry.kept = unicodedata.normalize("NFC", asked)
                else:
                    asked = f"{name}-of-the-warehouse"
                    entry.kept = asked[:how]
                entry.names[option] = asked

    def refuses(self, goal, traps):
        # Of one user of RocketMQ that is not there the others are not read: the service refuses its name.
        if goal.misnamed and goal.before is not None and goal.entry.system.name != "rocketmq":
            return f"{goal} was made, and is called {goal.entry.kept}"
        return ""


class Regions(World):
    """Some tokens are of another region, and a call that names a region may show its own only."""

    HERE, THERE = "cn-bj2", "hk"

    def furnish(self, sim, rng, traps):
        for token in _each(sim.estate, "ufile"):
            if rng.random() < 0.4:
                token["Region"] = self.THERE

    def means(self, goals, traps):
        """Of what a task does not name, `exclusive` deletes in its region alone."""
        return [goal for goal in goals if not (goal.beside and goal.before["region"] != self.HERE)]


# -- tokens, replicas ------------------------------------------------------------------------------


class EndingTokens(World):
    """The token of IAM ends after some requests, and the next one serves as many."""

    def suits(self, system, operation, faults):
        # What these faults are about, a token does not have.
        about = [name for name in faults if name.startswith(("clock", "credentials"))]
        return super().suits(system, operation, faults) and not about

    def traps(self, rng, concurrency):
        code = rng.choice((None, "APIGW.0307", "none"))
        return {"token_requests": rng.choice((2, 3, 5)) * concurrency, **({"token_code": code} if code else {})}


class Replicas(World):
    """Reads are answered by two in turn, and one of them is late: what the last task of this host wrote, too."""

    LAG = 0.15  # seconds

    def suits(self, system, operation, faults):
        # What somebody else does meanwhile, a late read cannot be expected to show.
        about = [name for name in faults if name.startswith(("slow visibility", "second writer"))]
        return super().suits(system, operation, faults) and not about

    def earlier(self, task, before, rng):
        """What somebody has just added to the same resources."""
        entries = [
            dataclasses.replace(entry, values=task.system.values(rng, before[entry.key], "add"), purge=None)
            for entry in task.entries
            if entry.key is not None and not entry.absent
        ]
        return Task(task.system, "add", entries, "many", purge=False) if entries else None


class ManyUsers(World):
    """More users than a page holds, some of which go while the pages are read; what is past the end is refused."""

    EXTRA, GO = 60, 20

    def suits(self, system, operation, faults):
        return super().suits(system, operation, faults) and operation != "exclusive"

    def furnish(self, sim, rng, traps):
        for place in BY_NAME["rocketmq"].places:
            for number in range(self.EXTRA):
                sim.add_rocketmq_user(instance_id=place, access_key=f"extra-{number:03d}")

    def spring(self, named, witness, traps, rng):
        going = [f"extra-{number:03d}" for number in range(self.GO)]

        def go(estate):
            for place in BY_NAME["rocketmq"].places:
                for name in going:
                    if ("rocketmq", place, name) not in named:
                        BY_NAME["rocketmq"].records(estate, place).pop(name, None)
            witness.intruded()

        if rng.random() < 0.7:
            traps.setdefault("second_writer", {"match": "ListUser", "after": True, "call": go})


# -- estates ---------------------------------------------------------------------------------------


class PlainTopics(World):
    """Topics of ROMA without texts."""

    def furnish(self, sim, rng, traps):
        for topic in _each(sim.estate, "roma"):
            for text in ("description", "sensitive_word"):
                if rng.random() < 0.5:
                    topic[text] = None


class ServicesOwnTopics(World):
    """URocketMQ's own topics stand in lists too."""

    def furnish(self, sim, rng, traps):
        for token in _each(sim.estate, "urocketmq"):
            for key in ("AllowProduceTopicList", "AllowConsumeTopicList"):
                if rng.random() < 0.5:
                    token[key] += f",%DLQ%{rng.choice(TOPICS)}"


class EveryPermission(World):
    """All that a default and a row for groups may be, and several addresses."""

    def furnish(self, sim, rng, traps):
        for user in _each(sim.estate, "rocketmq"):
            user["default_group_perm"] = rng.choice(("PUB", "SUB", "PUB|SUB", "DENY"))
            user["white_remote_address"] = rng.choice(("", "192.0.2.10,198.51.100.7", "10.0.0.1,192.168.*.*"))
            for row in user["group_perms"]:
                row["perm"] = rng.choice(("PUB", "SUB", "PUB|SUB", "DENY"))


class GoodStatuses(World):
    """Writes succeed with another good status than the documented one, some as a job."""

    STATUSES = {
        "CreateUser": (201, 202),
        "UpdateUser": (201, 202, 204),
        "DeleteUser": (202, 204),
        "UpdateTopicAccessPolicy": (200, 202),
        "BatchAddTopicAccessPolicy": (200, 201, 202),
    }

    def traps(self, rng, concurrency):
        return {"good_status": {operation: rng.choice(statuses) for operation, statuses in self.STATUSES.items()}}


def _on(*names: str) -> tuple[dict[str, Any], ...]:
    return tuple({name: True} for name in names)


def _one_of(name: str, *values: Any) -> tuple[dict[str, Any], ...]:
    return tuple({name: value} for value in values)


ABSENT = ({"status": 404}, {"status": 404, "code": "DMS.00404998"}, {"status": 400, "code": "DMS.00400999"})
BUSY = _one_of(
    "busy_instance",
    {"seconds": 0.01},
    {"seconds": 0.01, "code": "DMS.00400017"},
    {"seconds": 0.01, "status": 409},
    {"seconds": 0.02, "background": True},
)
WORLDS: tuple[World, ...] = (
    MaskedSecrets("masked secrets", ("rocketmq",), _one_of("masked_secrets", True, "********")),
    BlankDefaults("blank defaults", ("rocketmq",), _on("blank_defaults")),
    EveryPermission("every permission", ("rocketmq",), (*_on("swapped_addresses"), {})),
    World("absent in other words", ("rocketmq",), _one_of("absent_user", *ABSENT)),
    TidyNames("tidied names", NAMED, alone=True),
    Regions("regions", ("ufile",), _one_of("tokens_by_region", True, False)),
    EndingTokens("tokens end", HUAWEI, credential="iam_user"),
    GoodStatuses("other good statuses", HUAWEI),
    World("codes of success", HUAWEI, _one_of("success_code", "", "0", 0, "DMS.00000000")),
    World("errors in other shapes", HUAWEI, _one_of("error_shape", "code", "errorCode")),
    World("responses in other shapes", UCLOUD, _on("retcode_as_text", "tolen_name", "float_times", "reversed_lists")),
    World("rows in other shapes", HUAWEI, _on("spaced_tags", "swapped_perms", "reversed_lists")),
    World("applications by key", ("roma",), _on("user_name_is_key")),
    HiddenApps("hidden applications", ("roma",)),
    PlainTopics("topics without texts", ("roma",)),
    World("no additions", ("roma",), _on("no_batch_add")),
    World("texts are kept", ("roma",), _on("kept_texts")),
    ServicesOwnTopics("the service's own topics", ("urocketmq",)),
    World("a proxy rewrites headers", ("ufile", "urocketmq", "rocketmq", "roma"), _on("proxy_headers")),
    World("one write at a time", ("urocketmq", *HUAWEI), BUSY, pause=0.03),
    Replicas("replicas", NAMED, _one_of("replicas", [0, Replicas.LAG], [Replicas.LAG, 0]), alone=True, pause=0.02),
    ManyUsers("many users", ("rocketmq",), _on("refused_offsets")),
    World("no token in an empty list", ("ufile",), _on("missing_token_empty_dataset")),
)
SHARE = 0.65  # of the seeds that have any


def draw(rng: random.Random, system: str, operation: str, faults: list[str]) -> list[World]:
    """None, one or two worlds for an operation and its faults."""
    able = [world for world in WORLDS if world.suits(system, operation, faults)]
    if rng.random() > SHARE or not able:
        return []
    found = [rng.choice(able)]
    more = [world for world in able if world is not found[0] and not world.alone]
    if not found[0].alone and more and rng.random() < 0.3:
        found.append(rng.choice(more))
    return found
