"""lcs doctor: check the vault and its files."""

from lcs_cli.cli.context import Command
from lcs_cli.cli.dates import human_days
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result, Table
from lcs_cli.errors import WAITING, DamagedVaultError
from lcs_cli.services import doctor

app = group("Check the vault and its files.")


@command(app, "doctor")
def run(cmd: Command) -> Result:
    """Check the header's copies, every page of the data file, the audit trail and the register of disposals.

    Example: lcs doctor
    """
    try:
        found = doctor.examine(cmd.desk())
    except DamagedVaultError as error:  # too damaged to be opened is a finding, not the end of looking
        found = [doctor.Finding("opening the vault", False, error.message)]
    rows = [
        [one.check, "sound" if one.sound else "WAITS" if one.waits else "DAMAGED", human_days(one.found)]
        for one in found
    ]
    data = [{"check": one.check, "sound": one.sound, "waits": one.waits, "found": one.found} for one in found]
    damaged = any(not one.sound and not one.waits for one in found)
    code = DamagedVaultError.exit_code if damaged else WAITING if any(one.waits for one in found) else 0
    return Result("lcs.doctor/1", data, [Table(["CHECK", "IS", "FOUND"], rows)], exit_code=code)
