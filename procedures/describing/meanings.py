"""What each word means, in one line. A word of the grammar that is not here cannot be described, and a test fails."""

from collections.abc import Mapping

PATHWAY: Mapping[str, str] = {
    "pathway": "Its name, by which others start it.",
    "edition": "A whole number; a changed text that is put in force gets a higher one.",
    "title": "What people read.",
    "subject": "Whom it is about: `survivor`, unless it says otherwise; two subjects of one case are walled off.",
    "case": "`none`: the network's own work, which concerns no survivor and asks nothing about one.",
    "consent": "What she agrees to before anything is done; `none` beside a `basis`. Only `case: none` has none.",
    "basis": "The law that lets the whole pathway act without her consent.",
    "told_in": "The `ask` in which she is told of it, once.",
    "schedule": "When own work begins by itself, in each territory: a day of every month, or before a dated fact.",
    "tests_channels": "`true`: a test goes over every channel of whoever may be called; own work alone.",
    "opened_by": "On whose word a case is opened with it: `operator`, `coordinator`, competences; else anybody's.",
    "facts": "Facts of its own that it asks about, beside those that come with the program, each by a name.",
    "within": "A time for the whole pathway, from its start.",
    "on_expiry": "What it means that `within` went by: `escalate`, `note`, or an outcome.",
    "source": "Where `within` comes from.",
    "clock": "What kind of time `within` is.",
    "signals": "What may come from outside, at any time and more than once, each by a name.",
    "stays_open": "`true`: a step that waits for a signal alone keeps it open.",
    "steps": "What is done, each step under a name of its own; at most 200.",
    "outcomes": "How it ends, by results; the first that holds counts. Only a pathway of one step may leave them out.",
}
STEP: Mapping[str, str] = {
    "title": "What people read.",
    "needs": "What must be over before the step begins; without it, it begins at once.",
    "when": "Facts that must hold when its needs are met; else the step is left out.",
    "looked_at": "`once`, or `again` whenever a fact, or time alone, changes it, until the step begins.",
    "repeat": "How often the step is done again, and what ends it.",
    "not_before": "A point in time before which the step does not begin.",
    "consent": "The consent of this step, where it is not the pathway's.",
    "basis": "The law that lets this step act without her consent.",
    "told_in": "The `ask` in which she is told of it; it begins as soon as one of those that name it has begun.",
    "ask": "The competence of the service that must accept, work, and come back with a result.",
    "two_persons": "Whether the result counts only once two people gave the same one.",
    "anew": "Who decides it anew once it has a result: `never`, nobody; else on whose word. Without it, the desk.",
    "level": "How much whoever is told may read behind the notice's link and code: nothing (the default), where the "
    "pathway stands, or also how the steps ended that this one needs.",
    "tell": "The competence of the service that is told, or a list: one service is told for each. No answer is asked.",
    "await": "Who must act, outside the network: nobody there is alerted.",
    "start": "The pathway that is started; its outcomes, and `ended`, are this step's results.",
    "choose": "Which of those who offer the competence; without it, whoever the directory names first.",
    "not_delegable": "`true`: it is not passed on; where the service that is asked cannot, the coordinator is called.",
    "accept_within": "The time to say yes, from the request: one length.",
    "first_sign_within": "The time to a first sign of work, from the acceptance; needed with `risk: imminent`.",
    "complete_within": "The time for the result, from the acceptance or from another moment; of several the strictest.",
    "escalate": "Who is called while nobody accepts. Without it, the coordinator when `accept_within` is over.",
    "watched_by": "The competence of the service that watches and reports.",
    "within": "The time for the result, from the step's beginning or from another moment.",
    "results": "How it can end well, each by a name; without it, `done`.",
    "on_expiry": "What it means that the time for the result went by: `escalate`, `note`, or a result.",
    "extend": "Longer time: how much, how often, and who must all agree.",
    "ends_when": "The result with which it ends while it is at work, and the signal that says so.",
    "pauses_on": "The signal on which it stands still while it is at work, with what bodies promised each other.",
    "resumes_on": "The signal on which it goes on, with the time that remained.",
    "source": "Where the limits of the step come from.",
    "clock": "What kind of time the limits of the result are.",
    "at": "The same as `not_before`, for a notice.",
}
CONSENT: Mapping[str, str] = {
    "of": "Its name.",
    "from": "Who says it: another than `herself` or a `court_deputy` until the eighteenth birthday alone.",
    "governs": "`whether` anybody is asked (the default), or `what_is_said`: without it nobody is told whom it is for.",
}
CHOICE: Mapping[str, str] = {
    "territory": "`fact.NAME`: the fact that names the territory to look in, instead of the case's own.",
    "same_as": "An earlier step: the body that did it does this one too, the same service first.",
    "same_person_as": "An earlier ask: its body does this step too, and whoever took it is called first, if on duty.",
    "other_person_than": "Earlier steps that ask: whoever took one of them is not called for this one, nor takes it.",
    "different_from": "Steps that come before: no body that does one of them does this one.",
    "barred": "Competences: no body that offers one of them, in whichever service, is asked.",
    "how_many": "`one` (the default) after the other; `first`: all at once, whoever accepts first has it; `all`, or a "
    "number from 2 to 9: so many at once, and each brings its result. All but `one` in an `ask` alone.",
    "picked": "`true`: when its turn comes, the operator picks one of those that may be asked; in an `ask` alone.",
}
LIMIT: Mapping[str, str] = {
    "within": "A point in time.",
    "of": "The moment that `within` counts from, where it is a length alone.",
    "earliest": "Several points, of which the earliest counts.",
    "latest": "Several points, of which the latest counts.",
    "when": "Facts with which the limit counts; at least one limit of a step has none.",
    "clock": "`protocol`: promised by bodies. `clinical`: counts from the violence. `statutory`: binds an authority.",
    "moves_to": "Where an end goes that falls on a day without work: to the next working day's midnight.",
    "source": "Where it comes from; needed where the step has none.",
}
SOURCE: Mapping[str, str] = {
    "text": "The law, protocol or guideline, with its article.",
    "verified_on": "The day on which somebody last read it there.",
    "verified": "`false` where nobody has.",
}
EXTENSION: Mapping[str, str] = {
    "by": "How much longer, each time.",
    "at_most": "How often.",
    "agreed_by": "Competences, or `coordinator`, that must all agree.",
    "source": "Where it says so.",
}
RESULT: Mapping[str, str] = {
    "title": "What people read.",
    "evidence": "What must be told with it, each by a name and a type.",
    "sets": "Facts that become what it shows (`evidence.FIELD`), or a fixed value.",
    "ends_here": "`true`: it is meant that nothing follows.",
    "untold": "`true`, in a step that `told_in` names: with it she was not told, and is still owed it.",
}
SIGNAL: Mapping[str, str] = {
    "title": "What people read.",
    "from": "Whose word it may be: `operator`, `coordinator`, or competences.",
    "evidence": "What must be told with it, each by a name and a type.",
    "sets": "Facts that become what it shows (`evidence.FIELD`), or a fixed value.",
    "cancels": "The steps that it calls off, at work or not, and no others.",
}
ANEW: Mapping[str, str] = {
    "by": "On whose word alone it is decided anew: competences, `coordinator`, `operator`.",
}
FACT: Mapping[str, str] = {
    "type": "What it can be.",
    "title": "What people call it.",
    "choices": "The values of a `choice`, each with what people call it.",
    "ordered": "`true`: the choices stand in an order, the lowest first.",
    "range": "Between which numbers an `integer` lies, both included: `at_least`, `at_most`.",
    "about": "`case`, unless it says `network`: a fact of the network's own work.",
    "changed_by": "On whose word it changes: `operator`, unless it says otherwise, or competences; `[]`: nobody's.",
    "raises_only": "`true`: on anybody else's word it only rises.",
    "class": "`routing`, unless it says `open`: it may be counted in a statistic.",
    "of": "Whom it is about: a subject, or `case`; `survivor`, unless it says otherwise.",
    "birth": "`true`: the day of birth of the one it is about.",
    "law": "Which item of L. 53/2022 it is.",
    "gbvims": "Which type of the GBVIMS a choice is.",
}
RUNG: Mapping[str, str] = {
    "after": "From the request; for `coordinator` from the beginning of the step.",
    "to": "`service`: the same again. `deputy`: them too. `next_service`: instead. `coordinator`: a person, the end.",
}
REPETITION: Mapping[str, str] = {
    "every": "From the end of one time to the next; a list for one after the other; or by a fact, with `otherwise`.",
    "first": "How long after it could begin the step begins at all.",
    "on_days": "Instead of `every`: each time, the first one too, begins on the next of these days.",
    "at": "The hour of these days, in Rome.",
    "moves_to": "Where such a day goes that is no working day.",
    "while": "It goes on as long as this holds.",
    "until": "It ends when this has happened.",
    "at_most": "How many times in all.",
}
MONTHLY: Mapping[str, str] = {
    "every": "`month`.",
    "day": "The day of the month, 1 to 28.",
    "at": "The hour, in Rome.",
}
TEXT: Mapping[str, str] = {"it": "In Italian.", "en": "In English."}
NEED: Mapping[str, str] = {
    "all_of": "All of these.",
    "any_of": "One of these.",
    "n_of": "So many of these, or more: `{2: [ … ]}`.",
    "not": "This can happen no more: a step is over, but not with this result.",
}
CONDITION: Mapping[str, str] = {
    "all": "All of these hold.",
    "any": "One of these holds.",
    "not": "This does not hold: so also where nobody told the fact.",
    "at_least": "So many of these hold: `{2: [ … ]}`.",
}
MEASURE: Mapping[str, str] = {
    "age": "The years that are full: they change on the birthday, in Rome.",
    "ago": "How long ago it was; nothing holds of what lies ahead.",
    "to_go": "How long it is until then; nothing holds of what is past.",
}
COMPARED: Mapping[str, str] = {
    "at_least": "So much, or more.",
    "at_most": "So much, or less.",
    "more_than": "More than that.",
    "less_than": "Less than that.",
}
