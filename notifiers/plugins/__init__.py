"""Our channels as plugins of Apprise. It loads this folder and nothing of its own, unless a carrier asks for it."""

# Apprise types only part of itself.
# mypy: disable-error-code="no-untyped-call"

from importlib import import_module
from pathlib import Path

from apprise.manager_plugins import NotificationManager

STOCK_PLUGINS = {
    "46elks": "fortysixelks.Notify46Elks",
    "json": "custom_json.NotifyJSON",
    "jsons": "custom_json.NotifyJSON",
    "msgbird": "messagebird.NotifyMessageBird",
    "octopush": "octopush.NotifyOctopush",
    "seven": "seven.NotifySeven",
    "sinch": "sinch.NotifySinch",
    "smseagles": "smseagle.NotifySMSEagle",
    "vonage": "vonage.NotifyVonage",
}
"""Services of Apprise's own that are let through. Never SMPP: it says yes when throttled (notifications.md)."""


def register_ours() -> None:
    """Make our plugins known by their schemes; twice does no harm."""
    # All of Apprise's own would take a third of a second, and a hundred parsers that nobody asked for.
    NotificationManager().load_modules(path=str(Path(__file__).parent), name=__name__)


def register_stock(scheme: str) -> None:
    """Make one service of Apprise's own known; twice does no harm."""
    module, _, name = STOCK_PLUGINS[scheme].partition(".")
    manager = NotificationManager()
    if scheme not in manager:
        manager.add(getattr(import_module(f"apprise.plugins.{module}"), name))
