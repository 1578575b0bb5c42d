"""What can go wrong with keys."""

from procedures.errors import StaffettaError


class KeyReadableByOthers(StaffettaError):
    """A key file that the group or others may read is no secret."""

    template = "Others can read the key {path}. Run `chmod 400 {path}`, think about who has read it, and start again."


class KeyMissing(StaffettaError):
    """A key file is not there, while cases are kept under it."""

    template = "The key {path} is not there. Put it back from its safe copy: without it no case can be read."


class KeyUnreadable(StaffettaError):
    """A key file does not hold a key, or this process may not read it."""

    template = "The key {path} cannot be read. Put it back from its safe copy, owned by the user that runs this."


class KeyStoreUnusable(StaffettaError):
    """The file with the wrapped keys of the cases is broken, or something else stands in its place."""

    template = "The key store {place} cannot be used ({why}). Nothing was started: put back its last backup."


class CaseKeyMissing(StaffettaError):
    """The key store has no key for this case: it was erased, or the store is another one."""

    template = "The key of a case is not in the key store. Put back the key store that belongs to this database."


class NoVaultKey(StaffettaError):
    """A process without the vault key was to write what identifies a person."""

    template = "This process may not write what identifies a person. Do it at the desk or on the command line."


class SealBroken(StaffettaError):
    """Ciphertext that was altered, moved to another place, or sealed under another key."""

    template = "Sealed data in {table} does not open. Run `staffetta audit verify` and tell whoever runs this machine."


class KeyNotInUse(StaffettaError):
    """Wraps are made under a key that no file holds: files and key store belong to different days."""

    template = (
        "The key store goes by a key {name} with the fingerprint {fingerprint}, which no key file holds. Put that key "
        "into the folder of the keys as {name}.old.key, start again, then run `staffetta keys rotate`."
    )


class StaleKey(StaffettaError):
    """Keys were to be kept under a key that was replaced meanwhile. Nothing was kept."""

    template = "The keys of this house were replaced since this process started. Start it again."


class OldKeyKept(StaffettaError):
    """A key that was replaced earlier is still there."""

    template = (
        "The key before this one is still there ({path}). Take it away first: `staffetta keys retire`. Two rotations "
        "at once would leave three keys, and nobody would know which backup needs which."
    )


class StillWrapped(StaffettaError):
    """Something opens only under the old key."""

    template = "{count} keys of cases open only under the old key. Run `staffetta keys rotate` once more."


class TooSoonToRetire(StaffettaError):
    """Backups of the key store may still need the old key."""

    template = (
        "Backups of the key store from before {since} need the old key, and are kept for {days} days. Take it away "
        "after {until}; or, where it is in wrong hands, at once with --now."
    )


class WrongFolders(StaffettaError):
    """The shares cannot be written there."""

    template = (
        "Name three different folders that are there, can be written to and hold no share yet: three media, for three "
        "people. Nothing may be left of a share on this machine."
    )


class NoShare(StaffettaError):
    """What was given is no share, or not two of them."""

    template = "Give two files, each with a whole share: a line for every key. One of these is none."


class ShareTyped(StaffettaError):
    """A line of a share does not fit its checksum. It is not repeated."""

    template = "The line {name} of a share has a slip in it. Compare it with the paper, group by group."


class ShareTwice(StaffettaError):
    """The same share was given twice."""

    template = "This is the same share twice. Two different ones are needed, from two people."


class SharesApart(StaffettaError):
    """Shares of different sets, or one that was made for other keys."""

    template = "These shares do not belong together: they are of different sets. Look at the set's number on both."


class KeysAreThere(StaffettaError):
    """There are keys where the recovered ones were to be written."""

    template = "There are keys in {path}. Recovered keys are only written where there is none: move those away first."
