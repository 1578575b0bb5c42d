"""Passwords that somebody chooses: long, and none of those that are tried first."""

import pytest

from procedures.passwords import PasswordGuessed, PasswordTooLong, PasswordTooShort, check_password


@pytest.mark.parametrize(
    "password",
    [
        "lampone trattore nuvola grigia",
        "correct horse battery",
        "Zio-Peppe ha 7 gatti!",
        "薔薇と月と猫と海と山と川と空の物語",
    ],
)
def test_four_words_are_a_good_password(password: str) -> None:
    check_password(password, "olga")


def test_fourteen_characters_are_too_few() -> None:
    with pytest.raises(PasswordTooShort):
        check_password("xk4!vq9#mz2&bw", "olga")


def test_more_than_a_form_would_send_is_too_long() -> None:
    with pytest.raises(PasswordTooLong):
        check_password("xk4!vq9#mz2&bw" * 10, "olga")


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaaaaaaa",
        "123456789012345",
        "abcdefghijklmnopqrst",
        "passwordpassword",
        "Password123456789",
        "staffettastaffetta1",
        "qwertyuiopasdfghjkl",
        "olgaolgaolgaolga1",
        "antiviolenza2026",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordGuessed):
        check_password(password, "olga")
