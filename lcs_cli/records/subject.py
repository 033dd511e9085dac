"""What is reviewed, held and disposed of: the file of a family, or an entry of the staff register, by its reference."""

from lcs_cli.records.references import Kind


def kind_of(subject: str) -> Kind:
    """Whether a reference is that of a family or of an entry of the staff register: both are reviewed."""
    return Kind.STAFF if subject.strip().upper().startswith(f"{Kind.STAFF.prefix}-") else Kind.FAMILY


def named(subject: str) -> dict[str, str]:
    """The subject of a review, a hold or a disposal, under the name that says which kind of file it is."""
    return {"staff" if kind_of(subject) is Kind.STAFF else "family": subject}
