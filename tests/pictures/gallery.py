"""`docs/pictures.md`: the chosen pictures, and the name of every other one."""

from collections.abc import Iterator

from tests.pictures.shots import SHOTS, Shot
from tests.pictures.stage import WHO

HEAD = """\
# Pictures

Made by `make pictures`, from an invented network at ten past three in the morning; nobody in them exists. The chosen
ones stand here, all of them lie in `build/pictures` after a run (`ARGS="--only board case"` takes those alone). This
page is made by `make docs`.
"""
OF = {"": "nobody signed in", **{who: f"signed in as {who}" for who in WHO}, "everything": "every role at once"}


def gallery() -> str:
    """The whole page."""
    return "\n".join((HEAD, *_shown(), *_named()))


def _shown() -> Iterator[str]:
    for shot in SHOTS:
        if shot.chosen:
            yield f"## {shot.says}\n\n![{shot.says}](pictures/{shot.name}.webp)\n\n{_how(shot)}\n"


def _named() -> Iterator[str]:
    yield "## Every picture\n\n| Picture | What it shows | How it is taken |\n|---|---|---|"
    for shot in SHOTS:
        yield f"| `{shot.name}` | {shot.says} | {_how(shot)} |"
    yield ""


def _how(shot: Shot) -> str:
    scheme = "dark" if shot.dark else "light"
    return f"`{shot.route}`, {OF[shot.who]}, {shot.on}, {shot.width} px, {scheme}, {shot.language}"


if __name__ == "__main__":
    print(gallery(), end="")  # noqa: T201  # a page for standard output, as the other generated ones
