"""`python -m web --data DIR [--port N]`: the desk of one house, until it is stopped."""

import argparse
import asyncio
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import uvicorn

from models.composition import open_house
from notifiers.language import DEFAULT_LANGUAGE, said
from procedures.errors import StaffettaError
from web.app import create_app
from web.saying import N_


class PortInUse(StaffettaError):
    """Somebody else listens there."""

    template: ClassVar[str] = N_("The port {port} of {host} cannot be used: {why}. Choose another with --port.")


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises PortInUse."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise PortInUse(port=port, host=host, why=error.strerror or "it is taken") from None
    return listening


async def serve(data: Path, config: Path | None, port: int | None) -> None:
    """Open the house and serve its desk. Raises StaffettaError where that cannot begin."""
    house = await asyncio.to_thread(open_house, data, with_vault=True, config=config)
    settings = house.settings.desk
    try:
        listening = listen(settings.host, settings.port if port is None else port)
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(house),
                access_log=False,  # its lines would carry one-tap links and case codes
                server_header=False,
                log_level="warning",
                lifespan="off",
                proxy_headers=False,
                h11_max_incomplete_event_size=16 * 1024,
                timeout_graceful_shutdown=5,
            )
        )
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
