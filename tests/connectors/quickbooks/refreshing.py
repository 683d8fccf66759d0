"""A process of its own that asks for a connection's access token, in several threads at once.

    python -m tests.connectors.quickbooks.refreshing TENANT CONNECTION THREADS

Settings come from the environment. It begins at the first line of its standard input and prints the distinct tokens.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from app.connectors.quickbooks.connector import QUICKBOOKS
from app.connectors.refresh import fresh_tokens
from app.kit.ground import Ground
from app.kit.settings import load_settings


def main() -> None:
    """Run as asked on the command line."""
    tenant_id, connection_id, threads = UUID(sys.argv[1]), UUID(sys.argv[2]), int(sys.argv[3])
    ground = Ground.from_settings(load_settings())
    print("ready", flush=True)
    sys.stdin.readline()

    def token(_: int) -> str:
        return fresh_tokens(ground, QUICKBOOKS, tenant_id, connection_id).access_token

    with ThreadPoolExecutor(threads) as pool:
        print(*set(pool.map(token, range(threads))), flush=True)
    ground.database.close()


if __name__ == "__main__":
    main()
