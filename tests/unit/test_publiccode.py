"""`publiccode.yml` is what a catalogue of public software reads: version 0.7 of the standard, as far as we use it."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError

ROOT = Path(__file__).parents[2]
Platform = Literal["web", "linux", "windows", "mac", "ios", "android", "haiku"]
Status = Literal["concept", "development", "beta", "stable", "obsolete"]
SoftwareType = Literal["standalone/web", "standalone/backend", "standalone/desktop", "library", "configurationFiles"]
Language = Annotated[str, Field(pattern="^[a-z]{2}$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Description(Strict):
    localised_name: str = Field(alias="localisedName")
    short_description: str = Field(alias="shortDescription", min_length=1, max_length=150)
    long_description: str = Field(alias="longDescription", min_length=150, max_length=10_000)
    features: list[str] = Field(min_length=1)


class Legal(Strict):
    license: str


class Contact(Strict):
    name: str
    email: str = Field(pattern=r"^\S+@\S+$")


class Maintenance(Strict):
    type: Literal["internal", "contract", "community", "none"]
    contacts: list[Contact] = Field(min_length=1)


class Localisation(Strict):
    ready: bool = Field(alias="localisationReady")
    languages: list[Language] = Field(alias="availableLanguages", min_length=1)


class Support(Strict):
    id: str


class PublicCode(Strict):
    version: Literal["0"] = Field(alias="publiccodeYmlVersion")
    name: str
    url: HttpUrl
    software_version: str = Field(alias="softwareVersion")
    platforms: list[Platform] = Field(min_length=1)
    categories: list[str] = Field(min_length=1)
    status: Status = Field(alias="developmentStatus")
    software_type: SoftwareType = Field(alias="softwareType")
    description: dict[Language, Description]
    legal: Legal
    maintenance: Maintenance
    localisation: Localisation
    supports: list[Support]


@pytest.fixture
def text() -> str:
    return (ROOT / "publiccode.yml").read_text(encoding="utf-8")


def test_the_catalogue_can_read_it(text: str) -> None:
    published = PublicCode.model_validate(yaml.safe_load(text))
    assert {"it", "en"} <= set(published.description)


def test_licence_and_version_are_those_of_the_package(text: str) -> None:
    published = PublicCode.model_validate(yaml.safe_load(text))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (published.legal.license, published.software_version) == (project["license"], project["version"])


def test_a_version_without_quotes_would_be_seen(text: str) -> None:
    with pytest.raises(ValidationError):
        PublicCode.model_validate(yaml.safe_load(text.replace('"0"', "0")))


def test_the_licence_is_the_whole_official_text() -> None:
    lines = (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines()
    assert (lines[0].strip(), len(lines)) == ("GNU AFFERO GENERAL PUBLIC LICENSE", 661)
