"""Faults of a network file: what the shared reader cannot know."""

from procedures.faults import FaultKind

UNKNOWN_BODY = FaultKind("unknown-body", "No body is called {id}.", "Add it under bodies, or write one of: {known}.")
UNKNOWN_PERSON = FaultKind(
    "unknown-person", "Nobody is called {id}.", "Add the person under people, or write one of: {known}."
)
BAD_EMAIL = FaultKind("bad-email", "This is no e-mail address.", "Write it as name@example.org.")
BAD_PHONE = FaultKind(
    "bad-phone", "This is no telephone number.", 'Write it in international form and in quotes: "+39 06 5550 101".'
)
SAME_TWICE = FaultKind("same-twice", "{word} stands here a second time.", "Delete one of the two.")
BAD_FINGERPRINT = FaultKind(
    "bad-fingerprint",
    "This is no fingerprint of an OpenPGP key, or no e-mail address stands beside it.",
    'Write all 40 or 64 letters and digits, in quotes and after email: pgp: "4965 AF48 …".',
)
PEC_ALONE = FaultKind(
    "pec-alone",
    "Certified mail is the only channel of this person.",
    "Add email or sms: a certified mail may take a day, so it proves what was sent and alerts nobody.",
)
NO_COORDINATOR = FaultKind(
    "no-coordinator",
    "Services work in {territory}, but no coordinator does.",
    "Add a coordinator for {territory}: somebody must stand at the end of every chain.",
)
NO_COMPETENCE = FaultKind(
    "coordinator-alone",
    "The coordinator works in {territory}, where no service does.",
    "Add a service there, or take the territory off the list.",
)
BAD_HOUR = FaultKind("bad-hour", "This is no hour of the day.", 'Write it in quotes: "08:30".')
BAD_HOURS = FaultKind(
    "bad-opening-hours",
    "{part} is not understood as opening hours.",
    'Write them as OpenStreetMap does: "Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off".',
)
HOURS_LEFT_OUT = FaultKind(
    "opening-hours-left-out",
    "{part} is a part of opening hours that is not read here.",
    'Write days and hours; PH (a holiday) stands with days or alone: "Mo-Fr,PH 08:00-18:00", "PH off".',
)
BAD_CALENDAR = FaultKind(
    "bad-calendar",
    "{word} names no holidays.",
    'Write a country (IT), a province of it with its patron (IT-BA), a day of every year ("12-06"), or one day '
    '("2026-12-07").',
)
UNKNOWN_TERRITORY = FaultKind("unknown-territory", "No service works in {territory}.", "Write one of: {known}.")
NO_DATE_OF_OURS = FaultKind(
    "no-date-of-ours",
    "{fact} is no dated fact of the network's own work.",
    "Write one of: {known}.",
)
SAME_HOURS = FaultKind("same-hours", "It opens and closes at the same hour.", "Write two different hours.")
BAD_MOMENT = FaultKind(
    "bad-moment", "This is no moment in time.", 'Write day, hour and zone in quotes: "2026-11-24T20:00+01:00".'
)
DUTY_BACKWARDS = FaultKind("duty-backwards", "The turn ends before it begins.", "Put the earlier moment first.")
PROTOCOL_BACKWARDS = FaultKind(
    "protocol-backwards",
    "The protocol ends on the day on which it was signed, or before.",
    "Write a later day, or take protocol_ends_on away: without it the protocol has no end.",
)
BAD_RETENTION = FaultKind(
    "bad-retention",
    "For how long the body keeps a case is no time from one month to fifty years.",
    "Write years: 10, or months: 18, or both; a body that keeps as the house does says nothing.",
)
