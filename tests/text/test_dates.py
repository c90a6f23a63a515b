"""Days and hours as people write them in French."""

import pytest

from pages.text.dates import read_day, read_time


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("12 décembre 2100", "2100-12-12"),
        ("1er mars 2100", "2100-03-01"),
        (" Dimanche  12 DÉC. 2100 ", "2100-12-12"),
        ("3 aout 2100", "2100-08-03"),
        ("31 février 2100", "2100-02-31"),  # which the field refuses
        *((same, same) for same in ("12/12/2100", "2100-12-12", "12 ju 2100", "12 jui 2100", "décembre 2100", "12 décembre", "", "?")),
    ],
)
def test_a_day(typed, day):
    assert read_day(typed) == day


@pytest.mark.parametrize(
    ("typed", "hour"),
    [
        ("14 heures", "14:00"),
        ("14h30", "14:30"),
        ("14 H 30", "14:30"),
        ("9\u00a0h", "9:00"),
        ("1 heure", "1:00"),
        ("midi", "12:00"),
        ("Minuit", "00:00"),
        ("25 h", "25:00"),  # which the field refuses
        *((same, same) for same in ("14:30", "14:30:00", "l’après-midi", "")),
    ],
)
def test_an_hour(typed, hour):
    assert read_time(typed) == hour
