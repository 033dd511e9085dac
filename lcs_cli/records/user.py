"""The people and service identities that hold a key slot."""

from enum import StrEnum

from lcs_cli.records.value import Value


class Role(StrEnum):
    """What a person does in the service (policy 4.5); one person may hold several."""

    ADMINISTRATOR = "administrator"
    WORKER = "worker"
    SAFEGUARDING_LEAD = "safeguarding-lead"
    MANAGER = "manager"
    SENIOR_MANAGER = "senior-manager"


class UserKind(StrEnum):
    """A person types a passphrase; a service reads a key file; recovery is the key printed once."""

    PERSON = "person"
    SERVICE = "service"
    RECOVERY = "recovery"


class KeyName(StrEnum):
    """The four keys of a vault, each sealed apart to those who may hold it."""

    RECORDS = "records"
    CONTACT = "contact"
    SAFEGUARDING = "safeguarding"
    ADMIN = "admin"


class User(Value):
    """Who is acting: a slot's reference, its login name, and what it may do."""

    reference: str
    name: str
    kind: UserKind
    roles: frozenset[Role] = frozenset()
    commands: frozenset[str] = frozenset()
