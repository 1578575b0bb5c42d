"""Whatever a setting says that it holds a secret, `staffetta config show` does not repeat."""

from collections.abc import Iterator

from pydantic import BaseModel

from cli.origins import SECRET
from models.settings import Settings
from models.settings_carriers import Carrier


def kept_from_sight(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """The keys of all that a section leaves out where it is shown."""
    for name, field in model.model_fields.items():
        inside = field.annotation
        if isinstance(inside, type) and issubclass(inside, BaseModel):
            yield from kept_from_sight(inside, f"{above}{name}.")
        elif not field.repr:
            yield f"{above}{name}"


def test_no_secret_of_any_section_is_shown() -> None:
    found = [*kept_from_sight(Settings), *kept_from_sight(Carrier, "carriers.email.")]
    assert {"voice.secret", "pec.password", "replies.password", "prefect.database_url"} <= set(found)
    assert [key for key in found if key.rpartition(".")[2] not in SECRET] == []
