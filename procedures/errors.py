"""What can go wrong in the rules: one class per failure, carrying its data; the message tells a person what to do.

`template` is the English sentence and the key of the catalogues; `data` fills it. No value that could identify a
person is ever put into `data`: a refusal may end in a log.
"""

from typing import ClassVar


class StaffettaError(Exception):
    """Any failure of ours that a person can do something about."""

    template: ClassVar[str] = "Something went wrong."

    def __init__(self, **data: object) -> None:
        """Keep the data apart from the sentence, so that it can be said in another language."""
        self.data = data
        super().__init__(self.template.format(**data))

    @property
    def code(self) -> str:
        """The stable name of this failure, in kebab case, for programs and for the trail."""
        name = type(self).__name__
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


class Refused(StaffettaError):
    """The rules do not allow this command in this state. Nothing was changed."""

    template = "This cannot be done now."


class UnknownCase(Refused):
    """No case has this code, or it may not be seen: the two are told apart to nobody."""

    template = "No such case. Look at the open cases for its code."


class CaseAlreadyOpen(Refused):
    """The case was opened before, by another command."""

    template = "This case is open already. Look at its timeline instead of opening it again."


class CaseIsOver(Refused):
    """The case was closed or cancelled."""

    template = "This case is over. Open a new case if help is needed again."


class GoesInCircles(StaffettaError):
    """What follows from it would follow for ever: a fault of the rules or of a text. It holds up no other case."""

    template = (
        "What follows in the pathway {pathway} has no end, so nothing was done. Arrange the next step by telephone, "
        "and tell whoever looks after the procedures."
    )


class UnknownHandoff(Refused):
    """The reference belongs to no handoff of this case."""

    template = "No handoff has the reference {ref}. Copy it from the message or from the case."


class UnknownPathway(Refused):
    """The pathway is not among the procedures of this network."""

    template = "No pathway is called {pathway}. Choose one of: {known}."


class OwnWorkIsNoCase(Refused):
    """The pathway is the network's own work, and somebody would open a case with it."""

    template = "{pathway} belongs to no case. Start it as the network's own work: staffetta network start {pathway}."


class CaseIsNoOwnWork(Refused):
    """The pathway is about a survivor, and somebody would start it as the network's own work."""

    template = "{pathway} is about a survivor. Open a case with it instead."


class NobodyConsents(Refused):
    """The network's own work concerns no survivor: it has no person, no consent, no contact."""

    template = "This is the network's own work: it concerns nobody, so there is no name and no consent to be kept."


class UnknownRun(Refused):
    """The pathway run is not part of this case, or has ended."""

    template = "This case has no running pathway {run}. Look at its timeline for those that run."


class UnknownFact(Refused):
    """The fact is not declared in the vocabulary."""

    template = "No fact is called {fact}. Choose one of: {known}."


class WrongFactValue(Refused):
    """The value does not fit the type of the fact. The value itself is not repeated: it may be a secret."""

    template = "The value of {fact} does not fit. Write {expected}."


class UnknownTerritory(Refused):
    """No service and no coordinator of the network works there."""

    template = "The network has no territory {territory}. Choose one of: {known}."


class UnknownConsent(Refused):
    """No pathway asks for this consent."""

    template = "No pathway asks for the consent {consent}. Choose one of: {known}."


class NoCoordinator(Refused):
    """A territory without a coordinator cannot hold a case: nobody would own what stays unanswered."""

    template = "{territory} has no coordinator. Add one to the network and import it, then open the case."


class FactUnchanged(Refused):
    """The fact is what it shall become."""

    template = "{fact} is so already. Nothing was changed."


class NotOpenedByThem(Refused):
    """The pathway names those on whose word a case is opened with it, and this is none of them."""

    template = "No case is opened with {pathway} on this word, but on that of: {known}."


class FactNotChangedBy(Refused):
    """The vocabulary does not let this fact change on this word."""

    template = "{fact} does not change on this word, but on that of: {known}."


class FactOnlyRises(Refused):
    """On this word the fact may rise, never fall."""

    template = "{fact} only rises on this word. It is lowered on the word of: {known}."


class UnknownReason(Refused):
    """The reason for declining is not on the list."""

    template = "{reason} is no reason on the list. Choose one of: {known}."


class UnknownResult(Refused):
    """The step does not declare this result."""

    template = "The step has no result {result}. Choose one of: {known}."


class WrongEvidence(Refused):
    """Evidence is missing, unknown or of the wrong type. The value itself is not repeated."""

    template = "The evidence {field} does not fit. Write {expected}."


class NotAcceptedYet(Refused):
    """A result was given before the handoff was taken."""

    template = "Nobody has taken {ref} yet. Take it first, then give its result."


class NothingToDoHere(Refused):
    """An answer that this kind of handoff does not wait for (a notice asks for none)."""

    template = "{ref} asks for no such answer: it only informs."


class BirthdayUnknown(Refused):
    """Whose word counts hangs on the subject's age, and nobody told the day of birth."""

    template = "Who gives the consent {consent} hangs on an age. Record the fact {fact} first, then the consent."


class NotTheirsToSay(Refused):
    """The consent comes from somebody else, by the procedure or since the subject came of age."""

    template = "The consent {consent} does not come from {by} but from {giver}. Ask there and record what is said."


class ConsentNotPending(Refused):
    """The consent was never given, so it cannot be revoked."""

    template = "The consent {consent} is not in force. There is nothing to revoke."


class NothingToReview(Refused):
    """Nothing of what was meant was done without a consent, or it was reviewed already."""

    template = "Nothing here waits to be reviewed: perhaps somebody did so already."


class UnknownService(Refused):
    """The service that was spoken of is not one of the network."""

    template = "The network has no service {service}. Choose one of: {known}."


class ConsentWouldBeOver(Refused):
    """The time for which she agrees is over already."""

    template = "The consent would be over before it begins. Give a moment that is still to come, or none."


class NoLongerTime(Refused):
    """The step's procedure knows no longer time."""

    template = "The procedure gives no longer time for {ref}. Do it in its time, or call the coordinator."


class LimitIsOver(Refused):
    """Longer time was asked for after the end."""

    template = "The time for {ref} is over: longer time is asked for before its end. Call the coordinator."


class LongerTimeUsedUp(Refused):
    """The limits were made longer as often as the procedure allows."""

    template = "{ref} had all the longer time that the procedure allows ({at_most}). Call the coordinator."


class UnknownAgreeingBody(Refused):
    """This body need not agree to longer time."""

    template = "{body} is not asked whether there is longer time. Choose one of: {known}."


class UnknownRunning(Refused):
    """What was said names no pathway of this case that runs."""

    template = "No pathway that runs in this case is called so. Choose one of: {known}."


class WhichPathway(Refused):
    """Several pathways of this case have the step."""

    template = "Several pathways that run in this case have the step {step}. Say which: {known}."


class UnknownStep(Refused):
    """No pathway of this case that runs has this step."""

    template = "No pathway that runs here has a step {step}. Choose one of: {known}."


class StepHasBegun(Refused):
    """Only a step that is still to come can be begun before its turn."""

    template = "The step {step} has begun or is over. Only a step that is still to come can be begun first."


class ConsentFirst(Refused):
    """Danger does not stand in for her word: the step rests on a consent that she did not give."""

    template = "The step {step} needs the consent {consent}. Ask her and record what she says, then begin it."


class UnknownEnded(Refused):
    """What was said names no pathway of this case that is over."""

    template = "No pathway that is over in this case is called so. Choose one of: {known}."


class PathwayStillRuns(Refused):
    """Only what is over can be reopened."""

    template = "The pathway {pathway} runs in this case. Go on there: only what is over can be reopened."


class NothingDecided(Refused):
    """Only a step that is done with a result can be decided anew."""

    template = "The step {step} has no result yet that could be decided anew. Look at the case for those that have."


class NeverAnew(Refused):
    """The procedure says of the step that nobody decides it anew."""

    template = (
        "By its procedure nobody may decide the step {step} anew: its result stays. Go on with the steps after it."
    )


class NotDecidedAnewBy(Refused):
    """The procedure says on whose word the step is decided anew, and this is another's."""

    template = "By its procedure the step {step} is decided anew on the word of: {known}. Say on whose word it is."


class SayKeptOrCancelled(Refused):
    """Of each step under way that hangs on it, somebody has to say whether it goes on."""

    template = "These steps hang on {step} and are under way: {steps}. Say of each whether it is kept or cancelled."


class NoContact(Refused):
    """She said that she is never to be contacted again."""

    template = "She does not want to be contacted again. If she says otherwise, record that first."


class NotOwed(Refused):
    """Only what was passed over, and is neither done nor decided, can be forgone."""

    template = "The step {step} is not owed. Look at the case for those that are."


class UnknownSignal(Refused):
    """No pathway that runs in this case knows the signal."""

    template = "No running pathway of this case knows the signal {signal}. Choose one of: {known}."


class SignalOfSeveral(Refused):
    """Several pathways that run know the signal, and it was not said which is meant."""

    template = "Several running pathways know the signal {signal}. Say which one is meant: {known}."


class SignalNotTheirs(Refused):
    """The pathway does not take this signal from them."""

    template = "The signal {signal} is not theirs to give. It may come from: {known}."


class NothingToRemind(Refused):
    """It was answered, or is over: nobody is waited for."""

    template = "Nobody is waited for to answer {ref}: look at the case for how it stands."


class NobodyToRemind(Refused):
    """Nobody there may be written to."""

    template = "Nobody can be reminded of {ref}: telephone, or record that they cannot, so that the next one is asked."


class LastLink(Refused):
    """A coordinator cannot decline: there is nobody behind the last link."""

    template = "You are the last link for {ref}: find somebody who can do it, and give its result here when it is done."
