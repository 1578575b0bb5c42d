"""A calendar that every telephone reads: in UTC, its lines folded, and nothing in a title that could be a line."""

from datetime import UTC, datetime, timedelta

from procedures.values import ROME
from web.icalendar import LONGEST_LINE, Turn, calendar_of

NOW = datetime(2027, 3, 20, 9, tzinfo=UTC)


def lines(*turns: Turn) -> list[str]:
    made = calendar_of(turns, title="Turni", reminder="Tra un'ora.", now=NOW, host="desk.example.org")
    assert made.endswith(b"\r\n")
    raw = made.split(b"\r\n")[:-1]
    assert all(len(one) <= LONGEST_LINE for one in raw)
    whole = made.decode().replace("\r\n ", "")
    assert "\n" not in whole.replace("\r\n", "")
    return whole.split("\r\n")[:-1]


def test_the_night_on_which_the_clocks_go_forward_is_an_hour_shorter_and_begins_and_ends_on_the_wall() -> None:
    night = Turn(
        "luna",
        "Luna",
        datetime(2027, 3, 27, 20, tzinfo=ROME),
        datetime(2027, 3, 28, 8, tzinfo=ROME),
    )
    found = lines(night)
    assert "DTSTART:20270327T190000Z" in found
    assert "DTEND:20270328T060000Z" in found
    start, end = (datetime.strptime(one, "%Y%m%dT%H%M%S%z") for one in ("20270327T190000Z", "20270328T060000Z"))
    assert end - start == timedelta(hours=11)
    assert [at.astimezone(ROME).hour for at in (start, end)] == [20, 8]


def test_each_turn_has_a_name_of_its_own_that_stays_and_a_reminder() -> None:
    one = Turn("luna", "Luna", NOW, NOW + timedelta(hours=8))
    other = Turn("luna", "Luna", NOW + timedelta(hours=8), NOW + timedelta(hours=16))
    names = [line for line in lines(one, other) if line.startswith("UID:")]
    assert len(set(names)) == 2
    assert all(name.endswith("@desk.example.org") for name in names)
    assert [line for line in lines(one) if line.startswith("UID:")] == names[:1]
    assert lines(one).count("TRIGGER:-PT60M") == 1


def test_a_long_title_is_folded_and_none_can_add_a_line() -> None:
    title = "Centro è, più; lungo\r\nEND:VCALENDAR\\" * 5
    found = lines(Turn("luna", title, NOW, NOW + timedelta(hours=1)))
    (summary,) = [line for line in found if line.startswith("SUMMARY:")]
    assert "è\\, più\\; lungo END:VCALENDAR\\\\" in summary
    assert found.count("END:VCALENDAR") == 1


def test_without_a_turn_it_is_a_calendar_all_the_same() -> None:
    assert lines()[0] == "BEGIN:VCALENDAR"
    assert lines()[-1] == "END:VCALENDAR"
