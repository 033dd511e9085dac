"""Lines of the register for what was not disposed of: a sweep was killed, or failed, after it had written them."""

from lcs_cli.records.references import Kind, number_in
from lcs_cli.records.subject import named
from lcs_cli.services.desk import Desk
from lcs_cli.vault import reviews
from lcs_cli.vault.register import Register, subject_of


def withdraw(desk: Desk) -> None:
    """Withdraw them, lest a restore obeys them: within another use case, which keeps a sweep from being at work.

    The proposal that such a line is about is still there; with a disposal it goes.
    """
    there = reviews.subjects_of(desk.db)
    if not there:  # the register is long after some years
        return
    register = Register(desk.vault.register)
    register.enter(
        *(
            {"withdrawn": line["review"], **named(subject_of(line)), "on": desk.today.isoformat()}
            for line in register.all_standing()
            if there.get(number_in(Kind.REVIEW, line["review"])) == subject_of(line)
        )
    )
