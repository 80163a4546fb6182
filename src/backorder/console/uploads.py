"""Files that were handed in and not applied yet: in the database, so that every process sees them. No facts of the shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction

from backorder.console.models import Upload, UploadedFile

KEPT = timedelta(hours=1)
MOST_BYTES = 32 * 1024 * 1024


class UploadError(ValueError):
    """Files that are not taken; the text says why."""


def refuse_size(size: int) -> None:
    """Refuse more bytes than are taken here. Raises UploadError."""
    if size > MOST_BYTES:
        message = (
            f"The files are {size / 2**20:,.0f} MB together, and {MOST_BYTES // 2**20} MB are taken here. "
            "Use `backorder import` on the machine that runs this site."
        )
        raise UploadError(message)


@transaction.atomic
def keep_files(
    user: AbstractBaseUser | AnonymousUser, files: Mapping[str, bytes], complete: Sequence[str], now: datetime
) -> Upload:
    """Keep files for an hour; older uploads of everybody are dropped, and all others of this user. Raises UploadError."""
    refuse_size(sum(map(len, files.values())))
    drop_old_uploads(now)
    Upload.objects.filter(user_id=int(user.pk or 0)).delete()
    upload = Upload.objects.create(user_id=int(user.pk or 0), at=now, complete=list(complete))
    UploadedFile.objects.bulk_create(
        UploadedFile(upload=upload, name=name, content=content) for name, content in files.items()
    )
    return upload


def find_upload(user: AbstractBaseUser | AnonymousUser, number: int, now: datetime) -> Upload | None:
    """Find an upload of one's own that is not too old."""
    rows = Upload.objects.filter(user_id=int(user.pk or 0), pk=number, at__gte=now - KEPT)
    return rows.prefetch_related("files").first()


def read_files(upload: Upload) -> dict[str, bytes]:
    """Give the files of an upload by name."""
    return {file.name: bytes(file.content) for file in upload.files.all()}


def drop_old_uploads(now: datetime) -> None:
    """Keep no upload that nobody may apply any more."""
    Upload.objects.filter(at__lt=now - KEPT).delete()


def drop_files(upload: Upload) -> None:
    """Keep an upload no longer."""
    upload.delete()
