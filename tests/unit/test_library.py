"""Pathways together: files and folders, and which pathway starts which."""

from pathlib import Path

import pytest

from procedures import loading
from procedures.faults import ProcedureFaults
from procedures.loading import check_paths, content_hash, library_of, shipped_facts, shipped_library, texts_of
from tests.unit.marked import FIND_PLACE, only_step, place_of_mark, steps

START = "go: {start: %s, title: {it: Avviare, en: Start}}\n"
AFTER = "after: {tell: police, title: {it: Dopo, en: After}, needs: [%s]}\n"
WAIT = """\
hearing:
  await: {it: La procura, en: The prosecutor}
  title: {it: Audizione, en: Hearing}
  watched_by: legal_aid
  needs: [go]
  within: %s
  source: {text: invented, verified: false}
"""


def named(name: str, text: str) -> str:
    return text.replace("pathway: shelter", f"pathway: {name}")


SECOND = named("second", only_step(FIND_PLACE))

OF_A_CHILD = "subject: child\n" + SECOND
FROM_A_PARENT = "subject: child\n" + only_step(FIND_PLACE).replace(
    "consent: shelter", "consent: {of: shelter, from: a_parent}"
)

WRONG_TOGETHER = [
    ("unknown-pathway", steps(START % "»secnod"), SECOND),
    ("unknown-result", steps(START % "second", AFTER % "»go.lost"), SECOND),
    ("unknown-moment", steps(START % "second", WAIT % "»3 days of go.lost"), SECOND),
    ("pathway-cycle", steps(START % "»second"), named("second", steps(START % "shelter"))),
    ("pathway-cycle", steps(START % "»shelter"), SECOND),
    ("anothers-consent", steps((START % "second").replace("second,", "second, consent: »help,")), OF_A_CHILD),
    ("anothers-result", steps(START % "second", AFTER % "»go.done"), OF_A_CHILD),
    ("anothers-result", steps(START % "second", WAIT % "»3 days of go.done"), OF_A_CHILD),
    (
        "two-givers",
        named("second", FROM_A_PARENT),
        OF_A_CHILD.replace("consent: shelter", "consent: »shelter").replace("second", "third"),
    ),
    (
        "declared-apart",
        f"{only_step(FIND_PLACE)}facts: {{pets: {{type: integer, title: {{it: A, en: P}}}}}}\n",
        f"{named('second', only_step(FIND_PLACE))}facts: {{»pets: {{type: boolean, title: {{it: A, en: P}}}}}}\n",
    ),
    ("pathway-twice", only_step(FIND_PLACE), named("»shelter", only_step(FIND_PLACE))),
]


def write(folder: Path, *texts: str) -> list[Path]:
    paths = [folder / f"{n}.yaml" for n in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


@pytest.mark.parametrize(("code", "first", "second"), WRONG_TOGETHER)
def test_what_does_not_fit_the_other_pathways_is_refused_at_its_place(
    code: str, first: str, second: str, tmp_path: Path
) -> None:
    marked = 0 if "»" in first else 1
    text, line, column = place_of_mark((first, second)[marked])
    paths = write(tmp_path, *((text, second) if marked == 0 else (first, text)))
    with pytest.raises(ProcedureFaults) as raised:
        library_of(paths)
    found = [(f.code, f.file, f.line, f.column) for f in raised.value.faults]
    assert (code, str(paths[marked]), line, column) in found


def test_a_started_pathway_lends_its_outcomes_as_results(tmp_path: Path) -> None:
    first = steps(
        START % "second",
        AFTER % "go.done",
        (AFTER % "go.ended").replace("after:", "later:"),
        WAIT % "3 days of go.done",
    )
    library = library_of(write(tmp_path, first, SECOND))
    assert set(library.current) == {"shelter", "second"}


def test_a_cycle_of_pathways_is_told_once(tmp_path: Path) -> None:
    paths = write(tmp_path, steps(START % "second"), named("second", steps(START % "shelter")))
    assert [f.message for f in check_paths(paths)] == ["These pathways start one another for ever: shelter, second."]


def test_a_folder_stands_for_its_yaml_files_but_the_scenarios(tmp_path: Path) -> None:
    write(tmp_path, only_step(FIND_PLACE))
    (tmp_path / "x.scenario.yaml").write_text("not a pathway", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a pathway", encoding="utf-8")
    assert list(library_of([tmp_path]).current) == ["shelter"]


def test_a_single_file_may_start_a_shipped_pathway_when_it_is_checked(tmp_path: Path) -> None:
    (path,) = write(tmp_path, named("ours", steps(START % "legal", AFTER % "go.assisted")))
    assert check_paths([path]) == ()
    with pytest.raises(ProcedureFaults):
        library_of([path])


def test_the_exact_text_is_kept_under_its_hash(tmp_path: Path) -> None:
    text = only_step(FIND_PLACE).replace("\n", "\r\n")
    path = tmp_path / "a.yaml"
    path.write_bytes(text.encode())
    library = library_of([path])
    assert texts_of([path]) == {library.current["shelter"].content_hash: text}
    assert library.by_hash[content_hash(text)] == library.current["shelter"]


def test_a_missing_file_and_one_in_another_encoding_are_faults_like_others(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"pathway: a\ntitle: \xe8")
    faults = check_paths([tmp_path / "absent.yaml", latin, *write(tmp_path, "edition: 1\n")])
    found = {(Path(f.file).name, f.line, f.column, f.code) for f in faults}
    assert {
        ("absent.yaml", 1, 1, "unreadable"),
        ("latin.yaml", 2, 8, "not-utf-8"),
        ("0.yaml", 1, 1, "missing"),
    } <= found


def test_a_file_that_cannot_be_read_raises_no_false_alarm_about_who_starts_it(tmp_path: Path) -> None:
    paths = write(tmp_path, steps(START % "second"), "pathway: [")
    assert [fault.code for fault in check_paths(paths)] == ["syntax"]


def test_very_many_faults_across_files_are_cut_short(tmp_path: Path) -> None:
    starts = "".join(START.replace("go", f"go_{n}") % f"nowhere_{n}" for n in range(150))
    faults = check_paths(write(tmp_path, steps(starts), SECOND.replace("edition: 1", "edition: 0")))
    assert faults[-1].code == "expected"
    assert len(faults) == 102


def test_the_shipped_library_is_read_once() -> None:
    assert shipped_library() is shipped_library()
    assert loading.SHIPPED.is_dir()
    assert shipped_library().facts == shipped_facts()
