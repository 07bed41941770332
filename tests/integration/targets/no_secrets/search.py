# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Searches a file for every secret of the simulator, in every form that a log may give it.

search.py CONFIG FILE all|none [SECRET …]: whether all of them must be there, or none.
"""

from __future__ import annotations

import base64
import json
import sys
import urllib.parse
import urllib.request
from pathlib import Path


def forms(secret):
    coded = base64.b64encode(secret.encode()).decode()
    return {
        secret,
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote_plus(secret),
        coded,
        json.dumps(secret)[1:-1],
    }


def main():
    config, file, wanted, *more = sys.argv[1:]
    url = json.loads(Path(config).read_text(encoding="utf-8"))["simulator_url"] + "/_sim/secrets"
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=20) as answer:
        secrets = set(json.load(answer)) | set(more)
    text = Path(file).read_text(encoding="utf-8")
    found = {secret for secret in secrets if any(form in text for form in forms(secret))}
    sys.stdout.write(f"{file}: {len(text)} characters, {len(found)} of {len(secrets)} secrets\n")
    if len(secrets) < 20:
        sys.exit("The simulator has too few secrets for this to be a test.")
    if wanted == "all" and found != secrets:
        sys.exit(f"Not found, although they are there: {sorted(secrets - found)}")
    if wanted == "none" and found:
        sys.exit(f"Found: {sorted(found)}")


if __name__ == "__main__":
    main()
