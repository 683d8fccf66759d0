"""Every measured claim, one after the other: `make bench`."""

import subprocess
import sys

# Each in a process of its own, so that none is measured with another's memory.
for claim in ("first_sync", "planner", "dispatch", "punctual", "webhooks"):
    print(f"== {claim}", flush=True)
    subprocess.run([sys.executable, "-m", f"bench.{claim}"], check=True)
