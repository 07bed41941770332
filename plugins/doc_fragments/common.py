# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not use it from elsewhere.

"""How requests are made, for both providers."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  timeout:
    description:
      - How many seconds one try may take, from the connection to the end of the response.
      - When it is not set, 30 seconds apply, unless the environment or a profile says otherwise.
      - One request with all its repetitions takes at most O(timeout) times (O(retries) + 1). At most V(3600).
    type: float
  retries:
    description:
      - How often a request is repeated after a failure that may pass, such as a lost connection or HTTP status 503.
        V(0) means never, V(100) is the most.
      - A throttled request is repeated up to eight times as often, within the same total time.
        C(Retry-After) is honoured up to 60 seconds.
      - A refused credential, signature or permission is never tried again.
    type: int
    default: 4
  validate_certs:
    description:
      - Whether the certificate of the service is verified.
      - V(false) lets anyone on the way read and change what is sent. O(ca_path) is the better way to trust a private
        authority.
    type: bool
    default: true
  ca_path:
    description:
      - Path of a bundle of trusted authorities (PEM), on the host that runs the module.
      - When it is not set, E(REQUESTS_CA_BUNDLE) or the authorities known to C(requests) are used.
      - Ignored when O(validate_certs=false).
    type: path
  allow_http:
    description:
      - Whether credentials may be sent over plain HTTP to another host than this one.
      - Without it, an C(http://) address is refused unless it is a loopback address.
    type: bool
    default: false
  concurrency:
    description:
      - How many requests may run at once at most, from V(1) to V(64).
      - A task begins with 8. It sends more at once while the service accepts all of them, up to this number, and fewer while
        the service throttles.
    type: int
    default: 32
requirements:
  - Python >= 3.7
  - requests >= 2.25.1
notes:
  - The requirements are those of the host that runs the module. A task that runs on the controller itself, without
    C(become), C(async) or C(environment), runs inside the Ansible process and keeps its connection through a loop.
  - HTTP redirects are not followed. Proxies are taken from E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY), and never used
    for this host itself. Special characters of a proxy's password are written as percent codes, such as V(%23) for V(#).
"""
