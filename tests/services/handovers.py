"""What the tests of handing over share: a body with a key, who agrees, and the file opened by that body."""

import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage

from lcs_cli.services import handover
from lcs_cli.services.desk import Desk
from lcs_cli.services.handover import HandedOver, Order
from tests.services import stories

IDENTITY = pyrage.x25519.Identity.generate()
KEY = str(IDENTITY.to_public())


@dataclass(frozen=True)
class Opened:
    """What the body finds: the files by name, in their order."""

    files: dict[str, bytes]

    @property
    def content(self) -> Any:
        """handover.json."""
        return json.loads(self.files["handover.json"])

    @property
    def manifest(self) -> Any:
        """The manifest."""
        return json.loads(self.files["datapackage.json"])

    def child(self, ref: str) -> Any:
        """What is said of one child."""
        return next(one for one in self.content["children"] if one["reference"] == ref)


def opened(path: Path, identity: pyrage.x25519.Identity = IDENTITY) -> Opened:
    """The file, as only the holder of the other half of the key reads it."""
    plain = io.BytesIO(pyrage.decrypt(path.read_bytes(), [identity]))
    with tarfile.open(fileobj=plain, mode="r:") as tar:
        files = {member.name: tar.extractfile(member) for member in tar}
        return Opened({name: file.read() for name, file in files.items() if file is not None})


def order(child: str | None, body: str = "REF-0001-R", *keys: str) -> Order:
    """About a child, or about all, to a body."""
    return Order(child, body, keys or (KEY,))


def agreed(desk: Desk, wanted: Order) -> None:
    """Rhys agrees, on the day of this desk."""
    rhys = stories.as_rhys(desk)
    handover.agree(rhys, wanted)
    rhys.db.close()


def handed_over(desk: Desk, out: Path, wanted: Order) -> tuple[HandedOver, Opened]:
    """Rhys agrees, whoever is at this desk hands it over, and the body opens it."""
    agreed(desk, wanted)
    done = handover.hand_over(desk, wanted, out)
    return done, opened(out)
