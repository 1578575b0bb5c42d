"""Why the operating system refused, in words that have an entry in the catalogue."""

import errno

from procedures.marking import N_

REASONS = {
    errno.ENOENT: N_("it is not there"),
    errno.EACCES: N_("permission denied"),
    errno.EPERM: N_("permission denied"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("a part of its path is no folder"),
    errno.EEXIST: N_("something else has this name"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("the disk is full"),
    errno.EROFS: N_("the disk is read-only"),
    errno.EIO: N_("the disk reports a fault"),
    errno.ENAMETOOLONG: N_("its name is too long"),
    errno.ELOOP: N_("its links lead in a circle"),
    errno.EMFILE: N_("too many files are open"),
    errno.ENFILE: N_("too many files are open"),
    errno.EADDRNOTAVAIL: N_("this machine has no such address"),
}


def reason_of(error: OSError) -> str:
    """The reason in words of ours; a rare one as the system says it. Never a path: whoever speaks names it."""
    known = REASONS.get(error.errno or 0)
    return known or error.strerror or type(error).__name__
