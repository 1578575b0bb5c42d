"""`python -m web --data DIR [--port N]`: the desk of one house, until it is stopped."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from models.collecting import collect_seldom
from models.composition import open_house
from notifiers.language import DEFAULT_LANGUAGE, said
from procedures.errors import StaffettaError
from web.app import create_app
from web.bounded import BoundedHttp
from web.listening import listen
from web.verifying import go_on


async def serve(data: Path, config: Path | None, port: int | None) -> None:
    """Open the house and serve its desk. Raises StaffettaError where that cannot begin."""
    house = await asyncio.to_thread(open_house, data, with_vault=True, config=config)
    settings = house.settings.desk
    try:
        chosen = settings.port if port is None else port
        listening = listen(settings.host, chosen)
        app = create_app(house, port=chosen)
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                access_log=False,  # its lines would carry one-tap links and case codes
                server_header=False,
                log_level="warning",
                lifespan="off",
                proxy_headers=False,
                http=BoundedHttp,
                timeout_graceful_shutdown=5,
            )
        )
        app.state.news.over = lambda: server.should_exit
        collect_seldom()
        go_on(house)  # a check that was under way when the desk was stopped
        with listening:
            await server.serve(sockets=[listening])
    finally:
        house.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped. Exit status 1 with one line where that cannot begin."""
    parser = argparse.ArgumentParser(prog="python -m web", description="The desk of one house.")
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--config", type=Path, help="another settings file than staffetta.toml in the data folder")
    parser.add_argument("--port", type=int, help="another port than the one in the settings")
    asked = parser.parse_args(arguments)
    try:
        asyncio.run(serve(asked.data, asked.config, asked.port))
    except StaffettaError as failure:
        sys.stderr.write(f"{said(failure, DEFAULT_LANGUAGE)}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
