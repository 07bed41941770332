# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run of the probe: each system that can be read, and a report without names, ids and secrets.

A writing run may be ended at any point: it first removes what an earlier run has left, then creates scratch things, and
removes them whatever happens. Only a killed process leaves any, which the next run removes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .._huaweicloud import provider as huaweicloud
from .._ucloud import provider as ucloud
from .assumptions import ROCKETMQ, ROMA, UFILE, UROCKETMQ
from .findings import DOES_NOT, HOLDS, NOT_SEEN, Findings, Probe, scratch_name
from .huaweicloud import RocketMQProbe, RomaProbe
from .ucloud import UFileProbe, URocketMQProbe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .._transport.client import Provider

FORMAT = "grantops.probe/1"


class System:
    """What became of one system."""

    def __init__(self, system: str) -> None:
        self.system = system
        self.read = False
        self.asked = True  # missing credentials are an error
        self.failures: list[errors.GrantopsError] = []
        self.written = False
        self.left = 0  # scratch things that exist at the end
        self.restored = True

    def row(self) -> dict[str, Any]:
        """An entry of the report, which has only the kind of an error."""
        return {
            "system": self.system,
            "read": self.read,
            "written": self.written,
            "left": self.left,
            "restored": self.restored,
            "failed": [error.kind for error in self.failures],
        }


def _params(provider: Provider, params: Mapping[str, Any]) -> dict[str, Any]:
    """The connection options. The task gives those that are not credentials."""
    return {
        option: params.get(option) if params.get(option) is not None else spec.get("default")
        for option, spec in provider.argument_spec().items()
    }


def _systems(params: Mapping[str, Any]) -> Iterator[tuple[System, Provider, str | None, Callable[..., Probe]]]:
    """What is to be probed: the system, its provider and service, and what makes its Probe."""
    if params["ufile"]:
        system = System(UFILE)
        system.asked = bool(params["urocketmq_service"]) or not (params["rocketmq_instance"] or params["roma_instance"])
        yield system, ucloud.PROVIDER, None, UFileProbe
    if params["urocketmq_service"]:
        service = params["urocketmq_service"]
        yield (
            System(UROCKETMQ),
            ucloud.PROVIDER,
            None,
            lambda *given: URocketMQProbe(*given, service_id=service),
        )
    if params["rocketmq_instance"]:
        rocketmq = params["rocketmq_instance"]
        yield (
            System(ROCKETMQ),
            huaweicloud.PROVIDER,
            "rocketmq",
            lambda *given: RocketMQProbe(*given, instance_id=rocketmq),
        )
    if params["roma_instance"]:
        roma, topic, app = params["roma_instance"], params["roma_topic"], params["roma_app"]
        yield (
            System(ROMA),
            huaweicloud.PROVIDER,
            "roma",
            lambda *given: RomaProbe(*given, instance_id=roma, topic=topic, app=app),
        )


def run(
    params: Mapping[str, Any], secrets: errors.Secrets, sleep: Callable[[float], object] = time.sleep
) -> dict[str, Any]:
    """The result of the module. ``params`` are its options; nothing is written unless ``writes`` is true."""
    findings = Findings(params["writes"])
    systems = []
    for system, provider, service, make in _systems(params):
        systems.append(system)
        try:
            client = provider.connect(_params(provider, params), secrets, service)
        except errors.GrantopsError as error:
            if system.asked or error.message != ucloud.NO_CREDENTIALS:
                system.failures.append(error)
            continue
        try:
            probe = make(client, findings, scratch_name(), params["wait"], sleep)
            _probe(system, probe, params["writes"])
        except BaseException:
            client.stop()
            raise
        finally:
            client.close()
    return _result(params, findings, systems, secrets)


def _probe(system: System, probe: Probe, writes: bool) -> None:
    try:
        probe.look()
        system.read = True
        if not writes:
            system.left = len(probe.scratch())
            return
        probe.clean_up()
    except errors.GrantopsError as error:
        system.failures.append(error)
        return
    system.written = True
    try:
        probe.try_out()
    except errors.GrantopsError as error:
        system.failures.append(error)
    finally:
        # Also when a signal ends the run
        try:
            system.left = probe.clean_up()
        except errors.GrantopsError as error:
            system.failures.append(error)
            system.left = max(1, len(probe.made))
        except BaseException:  # a signal came during the cleaning; further signals are ignored
            probe.clean_up()
            raise
    system.restored = not getattr(probe, "changed_otherwise", False)


def _result(
    params: Mapping[str, Any], findings: Findings, systems: list[System], secrets: errors.Secrets
) -> dict[str, Any]:
    rows = findings.rows()
    counts = {verdict: sum(1 for row in rows if row["verdict"] == verdict) for verdict in (HOLDS, DOES_NOT, NOT_SEEN)}
    report = {
        "format": FORMAT,
        "taken": time.strftime("%Y-%m-%d", time.gmtime()),
        "writes": params["writes"],
        "systems": [system.row() for system in systems],
        "counts": counts,
        "assumptions": rows,
    }
    result: dict[str, Any] = {
        "changed": any(system.written for system in systems),
        "report": report,
        "table": table(rows),
        "problems": secrets.clean(list(_problems(systems))),
    }
    return result


def _problems(systems: list[System]) -> Iterator[str]:
    """Yield the problems for the person who runs the probe; unlike the report, they hold names."""
    if not systems:
        yield "Nothing was probed: ufile is false, and no service or instance is named."
    for system in systems:
        for error in system.failures:
            what = "was not probed whole" if system.read else "could not be read"
            yield f"{system.system} {what}. {error.text()}"
        if system.left and system.written:
            yield (
                f"{system.system}: {system.left} scratch things are still there, whose names or tags begin with grantops-probe-. "
                "Run the probe again, which removes them."
            )
        elif system.left:
            yield (
                f"{system.system}: {system.left} scratch things of an earlier probe are there, whose names or tags begin with "
                "grantops-probe-. A run with writes removes them."
            )
        if not system.restored:
            yield f"{system.system}: the topic is not as it was before; somebody else may have changed it meanwhile."


def table(rows: list[dict[str, Any]]) -> list[str]:
    """The verdicts as lines of text. Where an assumption does not hold, a line says what the collection then does."""
    lines = []
    for row in rows:
        lines.append("{number}  {verdict:<13}  {system:<20}  {assumed} [{seen}]".format(**row))
        if row["verdict"] == DOES_NOT:
            lines.append("      so: {otherwise}".format(**row))
    return lines
