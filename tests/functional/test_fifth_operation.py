# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worked example for contributors: a module made of exactly the guide's blocks, in a copy of the collection."""

from __future__ import annotations

import json
import pathlib
import shutil
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import doc_blocks
import pytest
from huaweicloudsdkrocketmq.v2 import model

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "docsite" / "rst" / "fifth_operation.rst"
PLACE = "/v2/project-demo/instances/rocketmq-demo/groups"


class Service(BaseHTTPRequestHandler):
    """Consumer groups, with the fields of the official SDK; what a PUT does not name is lost."""

    def do_GET(self):
        assert urlsplit(self.path).path == PLACE
        self.server.counters["read"] += 1
        self.respond({"groups": list(self.server.groups.values()), "total": len(self.server.groups)})

    def do_PUT(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        place, _slash, name = self.path.rpartition("/")
        assert (place, body["name"]) == (PLACE, name)
        assert set(body) <= set(model.UpdateConsumerGroup.attribute_map.values())
        self.server.counters["write"] += 1
        self.server.groups[name] = body
        self.respond({})

    def respond(self, body):
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_unused):
        """Not to the terminal."""


class Groups(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Service)
        self.counters = Counter()
        kept = {"brokers": ["broker-0"], "retry_max_time": 16, "consume_orderly": True}
        self.groups = {
            "billing-group": {"name": "billing-group", "enabled": False, "broadcast": False, **kept},
            "warehouse-group": {"name": "warehouse-group", "enabled": True, "broadcast": True, **kept},
        }
        for group in self.groups.values():
            assert set(group) <= set(model.ConsumerGroup.attribute_map.values())

    def environment(self):
        return {
            "HUAWEICLOUD_SDK_AK": "ak",
            "HUAWEICLOUD_SDK_SK": "not-checked-here",
            "HUAWEICLOUD_SDK_PROJECT_ID": "project-demo",
            "HW_REGION_NAME": "eu-west-101",
            "HUAWEICLOUD_SDK_REGION_ROCKETMQ_EU_WEST_101": f"http://127.0.0.1:{self.server_port}",
        }


@pytest.fixture
def service():
    server = Groups()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def copy(tmp_path):
    """A collection without the fifth operation."""
    place = tmp_path / "ansible_collections" / "grantops" / "cloud"
    place.mkdir(parents=True)
    shutil.copy(ROOT / "galaxy.yml", place)
    for folder in ("meta", "plugins", "tests/unit"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return place


def test_the_worked_example_is_a_working_module(service, copy, tmp_path):
    before = {name: dict(group) for name, group in service.groups.items()}
    reader = doc_blocks.Reader(service, tmp_path, work=copy, collections=tmp_path)
    for block in doc_blocks.blocks(GUIDE):
        reader.follow(block)
    assert "3 passed" in reader.output
    # One group was stopped, by one write, and nothing else of it was lost.
    assert service.counters["write"] == 1
    assert service.groups == {**before, "warehouse-group": {**before["warehouse-group"], "enabled": False}}


def test_without_its_table_the_example_does_not_work(service, copy, tmp_path):
    reader = doc_blocks.Reader(service, tmp_path, work=copy, collections=tmp_path)
    blocks = [block for block in doc_blocks.blocks(GUIDE) if not (block.caption or "").endswith("/rocketmq_group.py")]
    with pytest.raises(AssertionError, match="exit status"):
        for block in blocks:
            reader.follow(block)
    assert service.counters["write"] == 0
