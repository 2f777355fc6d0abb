"""A file gets a name that no other file has, in one step: of two that want it one is told so, and neither is lost."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

NO_SECOND_NAMES: Final = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)
"""What a file system answers that knows no hard links."""


def rename_over_nothing(
    old: str | Path, new: str | Path, *, old_folder: int | None = None, new_folder: int | None = None
) -> bool:
    """Rename a file by a hard link, which fails where the name is taken; False: it is, and nothing was done.

    Where a file system knows no hard links it is looked first, and two at the same moment are not told apart.

    Args:
        old: its name, or the path of it.
        new: the name it is to have.
        old_folder: the open folder that ``old`` is a name in.
        new_folder: the open folder that ``new`` is a name in.

    Raises:
        OSError: the file is not there, or a folder cannot be written.
    """
    try:
        os.link(old, new, src_dir_fd=old_folder, dst_dir_fd=new_folder, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as refusal:
        if refusal.errno not in NO_SECOND_NAMES:
            raise
        if _is_taken(new, new_folder):
            return False
        os.rename(old, new, src_dir_fd=old_folder, dst_dir_fd=new_folder)
    else:
        os.unlink(old, dir_fd=old_folder)
    return True


def _is_taken(name: str | Path, folder: int | None) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
