# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies, certificates and connections as the environment sets them up, over real sockets."""

from __future__ import annotations

import base64
import contextlib
import http.client as http_client
import socket
import ssl
import sys
import threading
import zlib

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._transport import deadline as deadlines
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http, network
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import attempt, ucloud

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextlib.contextmanager
def listening(response=GOOD):
    """The port of a server that reads the head of each request, answers and hangs up; and the heads."""
    server, heads = socket.create_server(("127.0.0.1", 0)), []

    def serve():
        with contextlib.suppress(OSError):
            while True:
                line = server.accept()[0]
                with line, contextlib.suppress(OSError):
                    heads.append(line.recv(65536).decode("latin-1"))
                    line.sendall(response)
                    line.shutdown(socket.SHUT_WR)
                    line.recv(65536)  # a reset would overtake what is still on its way

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], heads
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(9)


def send(url, timeout=5, verify=True):
    """The good response of one try, or the error that came instead of it."""
    transport = http.Transport(timeout, 0, verify)
    request = http.Request("Cloud", "Op", "PUT", url, lambda response: None, secrets=errors.Secrets(), body=b"{}")
    try:
        return transport.send(request)
    except errors.RequestError as error:
        return error
    finally:
        transport.close()


def outcome(error):
    return (error.kind, error.retry, error.outcome_unknown)


# Each holds Sup3r, svc or corp in a place that some parser takes for another one.
UNUSABLE = [
    "http://svc:Sup3r#1@proxy.corp:3128", "http://svc:Sup3r/1@proxy.corp:3128", "http://svc:Sup3r?1@proxy.corp:3128",
    "http://svc:Sup3r[1@proxy.corp:3128", "http://svc:Sup3r]1@proxy.corp:3128", "http://svc:80#Sup3r@proxy.corp:3128",
    "svc:Sup3r#1@proxy.corp:3128", "http://svc:Sup3r\\@proxy.corp:3128", "http://svc:Sup3r 1@proxy.corp:3128",
    "http://svc:Sup3r\u4ee4@proxy.corp:3128", "http://svc:Sup3r@", "http://svc:Sup3r@:3128", "http://:3128", "http://",
    "http://svc:Sup3r@proxy..corp:3128", "http://svc:Sup3r@proxy.corp:port", "http://svc:Sup3r@[::1", "//svc:Sup3r@corp",
    "http://svc:Sup3r@proxy.corp:3128/Sup3r", "ftp://svc:Sup3r@proxy.corp", "http://svc:Sup3r@corp:3128:80",
]  # fmt: skip


def nothing_of(setting, error):
    text = error.text().replace("http://host:port or http://user:password@host:port", "")
    return not any(part in text for part in ("Sup3r", "svc", "corp", "3128", setting))


def through(environment, proxy, variable="HTTPS_PROXY", url="https://api.example/"):
    """What comes of a request through this proxy."""
    environment(**{variable: proxy})
    return send(url)


@pytest.mark.parametrize("setting", UNUSABLE)
def test_a_proxy_that_is_not_read_in_one_way_is_refused_and_not_quoted(environment, setting):
    error = through(environment, setting)
    assert outcome(error) == (errors.NETWORK, False, False)
    right = "must look like http://host:port or http://user:password@host:port"
    assert (error.message, error.hint) == (f"The environment variable HTTPS_PROXY {right}", network.ENCODE)
    assert nothing_of(setting, error)


@pytest.mark.parametrize(
    ("password", "written"),
    [("Sup3r#1/?[", "Sup3r%231%2F%3F%5B"), ("a;b:c!$&'()*+,=~", "a;b:c!$&'()*+,=~"), ("p@ss", "p@ss"), ("p%", "p%25")],
)
def test_a_password_reaches_the_proxy_unescaped(environment, password, written):
    with listening() as (port, heads):
        proxy = f"http://svc:{written}@127.0.0.1:{port}"
        assert through(environment, proxy, "http_proxy", "http://api.example/a").status == 200
    head = heads[0].splitlines()
    assert head[0] == "PUT http://api.example/a HTTP/1.1"
    assert f"Proxy-Authorization: Basic {base64.b64encode(('svc:' + password).encode()).decode()}" in head


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks4", "SOCKS4a"])
def test_socks_without_its_library_says_so(environment, monkeypatch, scheme):
    monkeypatch.setitem(sys.modules, "socks", None)
    error = through(environment, f"{scheme}://svc:Sup3r@proxy.corp:3128", "ALL_PROXY")
    library = "names a SOCKS proxy, for which the Python library PySocks is needed"
    assert error.message == f"The environment variable ALL_PROXY {library}"
    assert error.hint == "Install it on the host that runs the task, or use an HTTP proxy."
    assert nothing_of(scheme, error)


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (b"HTTP/1.1 407 Sup3r-svc\r\n\r\n", "it answered HTTP 407"),
        (b"HTTP/1.1 502 proxy.corp\r\n\r\n", "it answered HTTP 502"),
        (b"Sup3r\r\n", ""),
        (b"", ""),
    ],
)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_that_refuses_is_not_quoted_and_nothing_was_sent(environment, variable, response, said):
    with listening(response) as (port, heads):
        error = through(environment, f"http://svc:Sup3r@localhost:{port}", variable)
    assert outcome(error) == (errors.NETWORK, True, False)
    assert error.message.startswith(f"The environment variable {variable} names a proxy that could not be used: {said}")
    assert nothing_of("localhost", error) and str(port) not in error.text()


@pytest.mark.parametrize("host", ["127.0.0.1:1", "proxy.corp.invalid:3128"])
def test_a_proxy_that_is_not_there_is_not_quoted(environment, host):
    error = through(environment, f"http://svc:Sup3r@{host}")
    assert outcome(error) == (errors.NETWORK, True, False)
    assert nothing_of(host.partition(":")[0], error)


def test_what_breaks_behind_a_proxy_may_have_been_done(environment):
    with listening(GOOD[:5]) as (port, heads):
        error = through(environment, f"http://svc:Sup3r@127.0.0.1:{port}", "HTTP_PROXY", "http://api.example/")
    assert (len(heads), outcome(error)) == (1, (errors.NETWORK, True, True))
    assert nothing_of("127.0.0.1", error)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_what_is_for_this_machine_goes_through_no_proxy(environment, variable, host):
    with listening() as (there, heads), listening() as (proxy, stolen):
        assert through(environment, f"http://127.0.0.1:{proxy}", variable, f"http://{host}:{there}/").status == 200
    assert (len(heads), stolen) == (1, [])


def test_a_wrong_proxy_setting_does_not_matter_where_none_is_needed(environment):
    environment(NO_PROXY="api.invalid")
    error = through(environment, UNUSABLE[0], "HTTP_PROXY", "http://api.invalid/")
    assert error.message.startswith("no connection to api.invalid: ")


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_bundle_that_cannot_be_used_is_an_error_that_names_its_variable(monkeypatch, tmp_path, variable, content):
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content)
    monkeypatch.setenv(variable, str(bundle))
    with listening() as (port, heads):
        error = send(f"https://127.0.0.1:{port}/")
    assert outcome(error) == (errors.TLS, False, False)
    assert variable in error.hint
    # An option of the task goes before it.
    assert "ca_path" in send("https://127.0.0.1:1/", verify=str(bundle) + ".not").hint


def test_a_connection_that_never_was_has_sent_nothing():
    error = send("http://127.0.0.1:1/")
    assert outcome(error) == (errors.NETWORK, True, False)


@pytest.mark.parametrize("response", [b"", b"HTTP", GOOD[:-1], b"garbage\r\n\r\n"])
def test_a_connection_that_breaks_in_the_response_has_sent_all(response):
    with listening(response) as (port, heads):
        error = send(f"http://127.0.0.1:{port}/")
    if response == GOOD[:-1] and not isinstance(error, errors.RequestError):
        assert error.body == b"{"  # the oldest urllib3 does not count; it is no JSON then
        return
    assert outcome(error) == (errors.NETWORK, True, True)
    assert "garbage" not in error.message


def test_no_tls_was_no_request():
    with listening(b"garbage" * 9) as (port, heads):
        error = send(f"https://127.0.0.1:{port}/")
    assert (error.kind, error.outcome_unknown) == (errors.TLS, False)


def test_a_request_says_what_sends_it_and_what_it_takes_and_is_tried_once():
    with listening() as (port, heads):
        send(f"http://127.0.0.1:{port}/")
    (head,) = heads
    assert {f"User-Agent: {http.USER_AGENT}", "Accept-Encoding: gzip"} <= set(head.splitlines())


def test_a_redirect_is_not_read_beyond_its_bound(monkeypatch):
    monkeypatch.setattr(http, "LARGEST_RESPONSE", 1 << 16)
    body = b"x" * (1 << 20)
    head = b"HTTP/1.1 302 Found\r\nLocation: https://else/\r\nContent-Length: %d\r\n\r\n" % len(body)
    with listening(head + body) as (port, heads):
        error = send(f"http://127.0.0.1:{port}/")
    assert error.message.startswith("the response is larger than")


HALF = "half \ud800 of one"


@pytest.mark.parametrize(
    "response",
    [
        {"code": 299, "message": HALF},
        {"status": 302, "headers": {"Location": f"https://{HALF}"}},
        {"code": 299, "headers": {"X-UCLOUD-REQUEST-UUID": HALF}},
        {"response": {"DataSet": [cases.ALL[0].row(PrivateKey=HALF, PublicKey=7)]}},
        {"status": 404, "headers": {"Content-Type": HALF}},
    ],
    ids=["message", "address", "header", "secret", "type"],
)
def test_a_task_has_its_error_though_a_response_holds_half_of_a_character(response):
    result = attempt(cases.ALL[0].resource, {}, [ucloud("DescribeUFileToken", {}, **response)], info=True)
    assert result["error"]["operation"] == "DescribeUFileToken" if result.get("failed") else result["tokens"]
    result.get("msg", "").encode("utf-8")  # which half of a character could not be


# -- what the network said -------------------------------------------------------------------------


def broken(*layers):
    """An error in layers, as `requests` and urllib3 wrap one: the innermost last."""
    inner = OSError(104, "reset by peer")
    for layer in reversed(layers):
        inner = layer(inner)
    return requests.exceptions.ConnectionError(inner)


class Reason(Exception):
    """Keeps its cause as urllib3's MaxRetryError does."""

    def __init__(self, reason):
        super().__init__("Max retries exceeded with url: /secret?token=1")
        self.reason = reason


def call():
    return http.Request("Cloud", "Op", "PUT", "https://host:8/p?q=1", None, secrets=errors.Secrets())


def said(problem, sent=True, verify=True, proxied=False):
    with deadlines.within(5) as attempt:
        attempt.sent, attempt.proxied = sent, proxied
    return network.network_error(call(), problem, attempt, verify)


@pytest.mark.parametrize("layers", [(), (Reason,), (Exception,), (Reason, Exception), (Exception, Reason)])
def test_the_innermost_cause_is_what_is_said(layers):
    error = said(broken(*layers))
    assert error.message == "the connection broke: [Errno 104] reset by peer"
    assert (error.retry, error.outcome_unknown, error.hint) == (True, True, None)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (http_client.BadStatusLine('HTTP/1.1 {"secret": "TokenPrivate0"}'), "BadStatusLine"),
        (http_client.IncompleteRead(b"TokenPrivate0"), "IncompleteRead"),
        (zlib.error("TokenPrivate0"), "error"),
        (requests.exceptions.ConnectionError(Exception("Aborted.", http_client.LineTooLong("TokenPrivate0"))), "LineTooLong"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_a_library_says_is_not_quoted(problem, text):
    assert said(problem).message == f"the connection broke: {text}"


def test_what_tls_says_behind_a_proxy_is_put_in_other_words():
    error = said(ssl.SSLError(1, "proxy.corp"), sent=False, proxied=True)
    assert (error.kind, error.message) == (errors.TLS, "the TLS connection to host:8 failed: SSLError")
    problem = ssl.SSLError(1, "proxy.corp")
    problem.reason = "WRONG_VERSION_NUMBER"
    assert said(problem, sent=False, proxied=True).message.endswith(" failed: WRONG_VERSION_NUMBER")


def test_an_error_that_is_its_own_cause_has_a_reason():
    problem = OSError(104, "reset")
    problem.reason = problem
    assert said(problem).message == "the connection broke: [Errno 104] reset"


def named(name, text="x"):
    """An exception of a library that is known by its name only."""
    return type(name, (Exception,), {})(text)


KINDS = requests.exceptions
TLS_HINT = "Check the certificate. If your own authority issued it, set ca_path to the authority's certificate."
PROXY_HINT = "Check the environment variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY."
SYSTEM = "The proxy setting of this system"
UNSENT, PROXIED = {"sent": False}, {"sent": False, "proxied": True}
SAID = [
    (KINDS.SSLError("x"), UNSENT, (errors.TLS, False, False), "the TLS connection to host:8 failed: SSLError", TLS_HINT),
    (named("CertificateError", "no"), UNSENT, (errors.TLS, False, False), "the TLS connection to host:8 failed: no", TLS_HINT),
    *(
        (problem, PROXIED, (errors.NETWORK, True, False), f"{SYSTEM} names a proxy that could not be used: {text}", PROXY_HINT)
        for problem, text in (
            (KINDS.ProxyError("x"), "ProxyError"),
            (named("HTTPError"), "HTTPError"),
            (http_client.BadStatusLine("x"), "BadStatusLine"),
            (OSError(111, "corp"), "Connection refused"),
            (OSError("corp"), "OSError"),
            (socket.gaierror(-2, "corp"), "its name is not known"),
            (OSError("Tunnel connection failed: 407 corp"), "it answered HTTP 407"),
        )
    ),
    (
        KINDS.ConnectTimeout("x"), UNSENT, (errors.NETWORK, True, False),
        "no connection to host:8 in time: ConnectTimeout", "Check that this host can reach it, or raise timeout.",
    ),
    *(
        (
            problem, {}, (errors.NETWORK, True, True),
            f"host:8 did not respond in time: {type(problem).__name__}", "Raise timeout, or try again later.",
        )
        for problem in (KINDS.ReadTimeout("x"), named("TimeoutError"))
    ),
    (
        KINDS.ConnectionError(socket.gaierror(-2, "no such host")), UNSENT, (errors.NETWORK, True, False),
        "no connection to host:8: [Errno -2] no such host", "Check region and api_url, and that this host can reach it.",
    ),
    (
        OSError(ConnectionResetError()), UNSENT, (errors.NETWORK, True, False),
        "no connection to host:8: ConnectionResetError", "Check region and api_url, and that this host can reach it.",
    ),
    *(
        (
            problem, UNSENT, (errors.INVALID, False, False),
            "the request cannot be sent: host:8 is not a usable address", "Check region and api_url.",
        )
        for problem in (KINDS.InvalidURL("x"), named("LocationValueError"), named("IDNAError"))
    ),
    (
        ValueError("Invalid header value 's3cret'"), UNSENT, (errors.INVALID, False, False),
        "the request cannot be sent", "A credential holds a character that HTTP cannot carry, such as a line break.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("problem", "how", "found", "message", "hint"),
    SAID,
    ids=[f"{number}-{type(row[0]).__name__}" for number, row in enumerate(SAID)],
)
def test_each_network_error_says_what_failed_and_what_to_do_and_names_its_request(problem, how, found, message, hint):
    error = said(problem, **how)
    assert (outcome(error), error.message, error.hint) == (found, message, hint)
    assert (error.provider, error.operation, error.method, error.url) == ("Cloud", "Op", "PUT", "https://host:8/p")


@pytest.mark.parametrize("verify", [False, "/ca.pem"])
def test_a_bundle_of_the_environment_is_named_only_where_it_is_used(monkeypatch, verify):
    monkeypatch.setenv("CURL_CA_BUNDLE", "/bundle.pem")
    assert said(KINDS.SSLError("x"), False, verify).hint == TLS_HINT
    assert said(KINDS.SSLError("x"), False).hint == (
        "Check the certificate, and the file that the variable CURL_CA_BUNDLE names; ca_path replaces it."
    )


def test_of_two_variables_that_name_a_proxy_the_one_in_lower_case_is_used(environment):
    environment(HTTPS_PROXY="http://127.0.0.1:1", https_proxy="http://127.0.0.1:2")
    assert said(KINDS.ProxyError("x"), False, proxied=True).message == (
        "The environment variable https_proxy names a proxy that could not be used: ProxyError"
    )
