# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store of a controller's objects with as much of its API as the modules of awx.awx need: lists, names, relations.

It knows nothing of what an object means. It keeps what it is told, hides secret inputs as a controller does, and
counts writes.
"""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

API = "/api/v2/"
TYPES = {"inventories": "inventory"}
UNIFIED = ("job_templates", "projects", "workflow_job_templates", "workflow_approval_templates")


def kind(endpoint):
    return TYPES.get(endpoint, endpoint.removesuffix("s"))


class Controller:
    """Objects by endpoint, and what is related to them."""

    def __init__(self):
        self.objects = {}  # (endpoint, id): object
        self.related = {}  # (endpoint, id, relation): ids, or the survey
        self.writes = []
        self.ids = 0
        self.url = ""
        self.add("organizations", {"name": "Default"})

    def add(self, endpoint, fields):
        self.ids += 1
        url = f"{API}{endpoint}/{self.ids}/"
        item = dict(fields, id=self.ids, type=kind(endpoint), url=url, related={}, summary_fields={})
        if endpoint.endswith("job_templates"):
            item["related"]["survey_spec"] = url + "survey_spec/"
        if endpoint == "projects":
            item["scm_revision"] = ""
        self.objects[endpoint, self.ids] = item
        return item

    def all(self, endpoint):
        return [item for (place, _unused), item in self.objects.items() if place == endpoint]

    def names(self, endpoint, identifiers):
        return [self.objects[endpoint, number]["name"] for number in identifiers]

    # -- requests ------------------------------------------------------------------------------

    def respond(self, method, path, query, body):
        parts = [part for part in path.removeprefix(API).split("/") if part]
        if method in ("POST", "PATCH"):
            self.writes.append((method, path, body))
        if len(parts) == 1:
            return self.list(parts[0], query) if method == "GET" else (201, self.shown(self.add(parts[0], body)))
        endpoint, number = parts[0], int(parts[1])
        item = self.objects[endpoint, number]
        if len(parts) == 2:
            if method == "PATCH":
                item.update(body)
            return 200, self.shown(item)
        return self.relation(method, endpoint, number, parts[2], body)

    def list(self, endpoint, query):
        places = UNIFIED if endpoint == "unified_job_templates" else (endpoint,)
        found = [item for place in places for item in self.all(place) if self.matches(item, query)]
        return 200, {"count": len(found), "next": None, "results": [self.shown(item) for item in found]}

    @staticmethod
    def matches(item, query):
        either = [key for key in query if key.startswith("or__")]
        alike = [str(item.get(key.removeprefix("or__"))) == query[key] for key in either]
        exact = [str(item.get(key)) == value for key, value in query.items() if key not in either]
        return all(exact) and (any(alike) or not alike)

    def relation(self, method, endpoint, number, relation, body):
        key = (endpoint, number, relation)
        if relation == "survey_spec":
            if method == "POST":
                self.related[key] = body
            return 200, self.related.get(key, {})
        if relation == "create_approval_template":
            item = self.add("workflow_approval_templates", body)
            node = self.objects[endpoint, number]
            node.update(unified_job_template=item["id"], related={"unified_job_template": item["url"]})
            return 201, self.shown(item)
        linked = self.related.setdefault(key, [])
        if method == "POST":
            linked.append(body["id"])
            return 204, None
        rows = [{"id": found} for found in linked]
        return 200, {"count": len(rows), "next": None, "results": rows}

    def shown(self, item):
        if item["type"] != "credential":
            return item
        fields = self.objects["credential_types", item["credential_type"]]["inputs"]["fields"]
        secret = {field["id"] for field in fields if field.get("secret")}
        return dict(
            item, inputs={name: "$encrypted$" if name in secret else value for name, value in item["inputs"].items()}
        )


@contextlib.contextmanager
def running():
    """A controller at `.url`, stopped at the end."""
    controller = Controller()

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self):
            address = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            status, response = controller.respond(self.command, address.path, dict(parse_qsl(address.query)), body)
            data = b"" if response is None else json.dumps(response).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("X-API-Product-Name", "AWX")
            self.send_header("X-API-Product-Version", "24.6.1")
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = handle_one

        def log_message(self, *_unused):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    controller.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield controller
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
