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
