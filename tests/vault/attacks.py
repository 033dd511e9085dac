"""Every way we know to get rid of a record that is kept for ever, or to change what it says, as SQL.

The statements are meant for the vault of `tests.vault.test_kept_for_ever`: family 1 with the children 1 and 2, the
adult 3, the electronic referral 1 and the one on paper 2, the recorded session 1 and the booked session 2, the
closed flag 1 and the open flag 2 about child 1, disclosure 3, which waits for parts, and the consents of adult 3: 1 is
withdrawn, 2 is live; family 2 with a flag about the whole family; family 4, only referred, with the adult 9, and with
disclosure 4, whose words are kept; family 5 with the child 10, the adult 11 and accident 1, which names the child, and
accident 2, which names nobody; family 6 without people, with accident 3.
"""

FLAG = "(id, family_id, category, raised_on, raised_by, narrative, children, changed)"
OTHER_FLAG = f"{FLAG} VALUES (1, 1, 'other', '2020-01-01', 'U-001-R', x'00', 1, 1)"
ACCIDENT = "(id, family_id, happened_on, recorded_on, recorded_by, narrative, children)"
OTHER_ACCIDENT = f"{ACCIDENT} VALUES (1, 5, '2020-01-01', '2020-01-01', 'U-001-R', x'00', 0)"
REFERRAL = "(id, family_id, referrer_id, received_on, electronic, outcome, changed)"
OTHER_REFERRAL = f"{REFERRAL} VALUES (1, 1, 1, '2020-01-01', 0, 'pending', 1)"
OTHER_ATTENDANCE = "(family_id, session_id, child_id, attended, changed) VALUES (1, 1, 1, 0, 1)"
SESSION = "(family_id, id, held_on, starts, ends, changed)"
OTHER_SESSION = f"{SESSION} VALUES (1, 1, '2019-06-06', '10:00', '11:30', 1)"
PERSON = "(id, family_id, kind, given_name, family_name, changed)"
OTHER_PERSON = f"{PERSON} VALUES (1, 1, 'child', 'Nobody', 'Nothing', 1)"
OTHER_FAMILY = "(id, name, changed) VALUES (1, 'Nobody', 1)"
OTHER_VERSION = (
    "(number, title, text, effective_on, published_on, published_by) "
    "VALUES (1, 'None', 'None', '2020-01-01', '2020-01-01', 'U-001-R')"
)
OTHER_PART = (
    "(disclosure_id, name, sealed, added_on, added_at, added_by) "
    "VALUES (3, 'what', x'00', '2020-01-01', '2020-01-01T00:00:00Z', 'U-001-R')"
)
OTHER_CONSENT = (
    "(id, person_id, given_by, details, referrer_id, purpose, given_from, given_how, evidence, responsibility, "
    "recorded_on, recorded_by, recorded_change) VALUES (1, 3, 3, 'name', 1, 'housing', '2020-01-01', 'in-writing', "
    "'form', NULL, '2020-01-01', 'U-001-R', 1)"
)
OTHER_CERTIFICATE = "(id, issued_on, content) VALUES (1, '2020-01-01', '{}')"
OTHER_ENTRY = (
    "(seq, at, actor, action, outcome, refs, detail_digest, previous, digest, signature) "
    "VALUES (3, '2020-01-01T00:00:00Z', 'U-001-R', 'family.show', 'done', '[]', '', '', '', x'00')"
)
OTHER_SIGNER = "(user, since, public, certificate) VALUES ('U-001-R', 1, zeroblob(32), zeroblob(64))"


def replacements(table: str, row: str, key: str, change: str) -> list[str]:
    """The same row in place of the one that is there, in each way that SQLite has for it."""
    return [
        f"REPLACE INTO {table} {row}",
        f"INSERT OR REPLACE INTO {table} {row}",
        f"INSERT INTO {table} {row} ON CONFLICT ({key}) DO UPDATE SET {change}",
    ]


ON_FLAGS = [
    "DELETE FROM flag",
    "DELETE FROM flag WHERE id = 1",
    "DELETE FROM flag WHERE id = 2",
    "DELETE FROM flag WHERE rowid IN (1, 2, 3)",
    *replacements("flag", OTHER_FLAG, "id", "narrative = x'00'"),
    "REPLACE INTO flag SELECT * FROM flag WHERE id = 1",
    "UPDATE flag SET narrative = x'00'",
    "UPDATE flag SET narrative = x'00' WHERE id = 2",
    "UPDATE OR REPLACE flag SET narrative = x'00' WHERE id = 2",
    "UPDATE flag SET category = 'other' WHERE id = 2",
    "UPDATE flag SET raised_on = '2020-01-01' WHERE id = 2",
    "UPDATE flag SET raised_by = 'U-002-W' WHERE id = 2",
    "UPDATE flag SET family_id = 4 WHERE id = 2",
    "UPDATE flag SET children = 7 WHERE id = 3",
    "UPDATE flag SET outcome = NULL WHERE id = 1",
    "UPDATE flag SET closed_on = NULL, closed_by = NULL WHERE id = 1",
    "UPDATE flag SET id = 9 WHERE id = 1",
    "UPDATE flag SET rowid = 9 WHERE id = 2",
    "UPDATE OR REPLACE flag SET id = 1 WHERE id = 2",
    "DELETE FROM flag_child",
    "DELETE FROM flag_child WHERE flag_id = 1",
    "UPDATE flag_child SET person_id = 2 WHERE flag_id = 1",
    "UPDATE flag_child SET flag_id = 3 WHERE flag_id = 1",
    "UPDATE OR REPLACE flag_child SET flag_id = 1 WHERE flag_id = 2",
    "REPLACE INTO flag_child (flag_id, person_id) VALUES (1, 1)",
    "INSERT INTO flag_child (flag_id, person_id) VALUES (1, 2)",
    "INSERT INTO flag_child (flag_id, person_id) VALUES (3, 4)",
]
_STAYS = "accident records are kept as they were recorded"
_REPLACED = "accident records are never replaced"
_STUB = "a record kept indefinitely points at this person"
ON_ACCIDENTS = {
    "DELETE FROM accident": "accident records are kept indefinitely",
    "DELETE FROM accident WHERE id = 3": "accident records are kept indefinitely",
    "DELETE FROM accident WHERE rowid = 1": "accident records are kept indefinitely",
    f"REPLACE INTO accident {OTHER_ACCIDENT}": _REPLACED,
    f"INSERT OR REPLACE INTO accident {OTHER_ACCIDENT}": _REPLACED,
    f"INSERT INTO accident {OTHER_ACCIDENT} ON CONFLICT (id) DO UPDATE SET narrative = x'00'": _REPLACED,
    "REPLACE INTO accident SELECT * FROM accident WHERE id = 2": _REPLACED,
    "UPDATE accident SET narrative = x'00'": _STAYS,
    "UPDATE accident SET narrative = (SELECT narrative FROM flag WHERE id = 1) WHERE id = 1": _STAYS,
    "UPDATE accident SET family_id = 4 WHERE id = 1": _STAYS,
    "UPDATE accident SET happened_on = '2019-01-01' WHERE id = 1": _STAYS,
    "UPDATE accident SET happened_at = NULL WHERE id = 1": _STAYS,
    "UPDATE accident SET recorded_on = '2021-01-01' WHERE id = 1": _STAYS,
    "UPDATE accident SET recorded_by = 'U-002-W' WHERE id = 1": _STAYS,
    "UPDATE accident SET children = 7 WHERE id = 2": _STAYS,
    "UPDATE accident SET id = 9 WHERE id = 1": _STAYS,
    "UPDATE accident SET rowid = 9 WHERE id = 1": _STAYS,
    "UPDATE OR REPLACE accident SET id = 1 WHERE id = 2": _STAYS,
    "DELETE FROM accident_child": "the children of an accident record are kept",
    "DELETE FROM accident_child WHERE accident_id = 1": "the children of an accident record are kept",
    "UPDATE accident_child SET person_id = 1": "the children of an accident record stay",
    "UPDATE OR REPLACE accident_child SET accident_id = 2": "the children of an accident record stay",
    "REPLACE INTO accident_child (accident_id, person_id) VALUES (1, 10)": "no child is added",
    "INSERT INTO accident_child (accident_id, person_id) VALUES (1, 1)": "no child is added",
    "INSERT INTO accident_child (accident_id, person_id) VALUES (2, 10)": "no child is added",
    "INSERT INTO accident_child (accident_id, person_id) VALUES (9, 10)": "no child is added",
    "DELETE FROM person WHERE id = 10": _STUB,
    "DELETE FROM person WHERE id = 11": _STUB,
    "DELETE FROM person WHERE family_id = 5": _STUB,
    "DELETE FROM family WHERE id = 5": "records point at this family",
    "DELETE FROM family WHERE id = 6": "records point at this family",
}
"""Each with the words of the guard that is there to refuse it."""

ON_REFERRALS = [
    "DELETE FROM referral",
    "DELETE FROM referral WHERE electronic = 1",
    *replacements("referral", OTHER_REFERRAL, "id", "case_reference = NULL"),
    "UPDATE referral SET electronic = 0",
    "UPDATE referral SET received_on = '2020-01-01' WHERE id = 1",
    "UPDATE referral SET case_reference = NULL WHERE id = 1",
    "UPDATE referral SET case_reference = 'AT/2' WHERE id = 1",
    "UPDATE referral SET family_id = 4 WHERE id = 1",
    "UPDATE referral SET referrer_id = 2 WHERE id = 1",
    "UPDATE referral SET id = 9 WHERE id = 1",
    "UPDATE OR REPLACE referral SET id = 1 WHERE id = 2",
]
ON_ATTENDANCE = [
    "DELETE FROM attendance",
    "DELETE FROM attendance WHERE child_id = 1",
    "DELETE FROM attendance WHERE family_id = 2",
    *replacements("attendance", OTHER_ATTENDANCE, "family_id, session_id, child_id", "changed = 1"),
    "UPDATE attendance SET child_id = 3 WHERE child_id = 1",
    "UPDATE attendance SET session_id = 2 WHERE child_id = 1",
    "UPDATE attendance SET family_id = 2, session_id = 3 WHERE child_id = 1",
    "UPDATE OR REPLACE attendance SET child_id = 1 WHERE child_id = 2",
    "UPDATE attendance SET attended = 1, arrived = '09:00', departed = '10:00' WHERE child_id = 1",
    "UPDATE attendance SET attended = 1, arrived = '09:00', departed = '10:00', changed = 99 WHERE child_id = 1",
    "DELETE FROM superseded",
    "DELETE FROM superseded WHERE kind = 'attendance'",
    "UPDATE superseded SET content = '{}'",
    "UPDATE superseded SET reason = 'another'",
    "REPLACE INTO superseded SELECT * FROM superseded",
    "DELETE FROM contact_session",
    "DELETE FROM contact_session WHERE id = 1",
    *replacements("contact_session", OTHER_SESSION, "family_id, id", "held_on = '2019-06-06'"),
    "UPDATE contact_session SET held_on = '2019-06-06' WHERE id = 1",
    "UPDATE contact_session SET starts = '09:00' WHERE id = 1",
    "UPDATE contact_session SET family_id = 2 WHERE id = 1",
    "UPDATE contact_session SET id = 9 WHERE id = 1",
    "UPDATE OR REPLACE contact_session SET id = 1 WHERE id = 2",
]
ON_PEOPLE = [
    "DELETE FROM person",
    "DELETE FROM person WHERE id = 1",
    "DELETE FROM person WHERE id = 2",
    "DELETE FROM person WHERE id = 3",
    "DELETE FROM person WHERE family_id = 2",
    *replacements("person", OTHER_PERSON, "id", "given_name = 'Nobody'"),
    "UPDATE person SET family_id = 4 WHERE id = 1",
    "UPDATE person SET kind = 'adult' WHERE id = 2",
    "UPDATE person SET id = 99 WHERE id = 1",
    "UPDATE OR REPLACE person SET id = 1 WHERE id = 2",
    "DELETE FROM family",
    "DELETE FROM family WHERE id = 1",
    "DELETE FROM family WHERE id = 2",
    *replacements("family", OTHER_FAMILY, "id", "name = 'Nobody'"),
    "UPDATE family SET id = 99 WHERE id = 1",
    "UPDATE OR REPLACE family SET id = 1 WHERE id = 4",
]
ON_REGISTERS = [
    "DELETE FROM disclosure",
    "UPDATE disclosure SET ground = 'consent'",
    "UPDATE OR REPLACE disclosure SET id = 1 WHERE id = 2",
    "REPLACE INTO disclosure SELECT * FROM disclosure WHERE id = 1",
    "DELETE FROM export",
    "UPDATE export SET sha256 = ''",
    "REPLACE INTO export SELECT * FROM export",
    "DELETE FROM disclosure_family",
    "UPDATE disclosure_family SET family_id = 4",
    "REPLACE INTO disclosure_family SELECT * FROM disclosure_family",
    "REPLACE INTO disclosure_family (disclosure_id, family_id, after_change) VALUES (1, 1, 7)",
    "DELETE FROM disclosure_release",
    "UPDATE disclosure_release SET disclosure_id = 9",
    "REPLACE INTO disclosure_release SELECT * FROM disclosure_release",
    "DELETE FROM disclosure_part",
    "DELETE FROM disclosure_part WHERE disclosure_id = 3",
    "DELETE FROM disclosure_part WHERE name = 'at'",
    f"REPLACE INTO disclosure_part {OTHER_PART}",
    f"INSERT OR REPLACE INTO disclosure_part {OTHER_PART}",
    f"INSERT INTO disclosure_part {OTHER_PART} ON CONFLICT (disclosure_id, name) DO UPDATE SET sealed = x'00'",
    f"INSERT INTO disclosure_part {OTHER_PART.replace('(3,', '(4,').replace('what', 'why_not_told')}",
    "UPDATE disclosure_part SET sealed = x'00' WHERE name = 'why'",
    "UPDATE disclosure_part SET value = '10:00' WHERE name = 'at'",
    "UPDATE disclosure_part SET added_by = 'U-002-W'",
    "UPDATE OR REPLACE disclosure_part SET disclosure_id = 4 WHERE disclosure_id = 3",
    "DELETE FROM disclosure_completion",
    "UPDATE disclosure_completion SET completed_by = 'U-002-W'",
    "UPDATE disclosure_completion SET disclosure_id = 3",
    "REPLACE INTO disclosure_completion SELECT * FROM disclosure_completion",
    "DELETE FROM person WHERE id = 9",
    "DELETE FROM family WHERE id = 4",
    "DELETE FROM certificate",
    "UPDATE certificate SET content = '{}'",
    *replacements("certificate", OTHER_CERTIFICATE, "id", "content = '{}'"),
    "DELETE FROM policy_version",
    "UPDATE policy_version SET text = ''",
    *replacements("policy_version", OTHER_VERSION, "number", "text = ''"),
    "DELETE FROM policy_rules",
    "UPDATE policy_rules SET content = ''",
    "REPLACE INTO policy_rules SELECT * FROM policy_rules",
]
ON_CONSENTS = [
    *replacements("consent", OTHER_CONSENT, "id", "until = NULL"),
    f"INSERT INTO consent {OTHER_CONSENT.replace('(1, 3, 3,', '(9, 3, 1,').replace('NULL', repr('says so'))}",
    f"INSERT INTO consent {OTHER_CONSENT.replace('(1, 3, 3,', '(9, 1, 11,').replace('NULL', repr('says so'))}",
    "UPDATE consent SET withdrawn_on = NULL, withdrawn_how = NULL, withdrawn_reason = NULL, withdrawn_by = NULL",
    "UPDATE consent SET withdrawn_on = '2030-01-01' WHERE id = 1",
    "UPDATE consent SET until = '2030-01-01' WHERE id = 2",
    "UPDATE consent SET details = 'address telephone' WHERE id = 2",
    "UPDATE consent SET person_id = 5, given_by = 5 WHERE id = 2",
    "UPDATE consent SET referrer_id = 2 WHERE id = 2",
    "UPDATE consent SET purpose = 'schooling' WHERE id = 2",
    "UPDATE consent SET given_from = '2010-01-01' WHERE id = 2",
    "UPDATE consent SET evidence = 'none' WHERE id = 2",
    "UPDATE consent SET recorded_by = 'U-002-W' WHERE id = 2",
    "UPDATE consent SET id = 9 WHERE id = 2",
    "UPDATE OR REPLACE consent SET id = 1 WHERE id = 2",
]
"""A consent goes with its family, and is never changed; nobody else's word stands for an adult's."""

ON_THE_TRAIL = [
    "DELETE FROM audit",
    "DELETE FROM audit WHERE seq = 3",
    "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
    "UPDATE audit SET actor = 'U-002-W' WHERE seq = 3",
    "UPDATE audit SET seq = seq + 1000",
    "UPDATE OR REPLACE audit SET seq = 3 WHERE seq = 4",
    *replacements("audit", OTHER_ENTRY, "seq", "actor = 'U-002-W'"),
    f"INSERT INTO audit {OTHER_ENTRY.replace('(3,', '(1000,')}",
    "DELETE FROM audit_detail",
    "UPDATE audit_detail SET detail = '{}' WHERE seq = 3",
    "REPLACE INTO audit_detail (seq, detail) VALUES (3, '{}')",
    "INSERT INTO audit_detail (seq, detail) VALUES (3, '{}') ON CONFLICT (seq) DO UPDATE SET detail = '{}'",
]
ON_SIGNERS = [
    "DELETE FROM signer",
    "DELETE FROM signer WHERE user = 'U-001-R'",
    *replacements("signer", OTHER_SIGNER, "user, since", "public = zeroblob(32)"),
    "REPLACE INTO signer SELECT * FROM signer WHERE user = 'U-001-R'",
    "UPDATE signer SET public = zeroblob(32) WHERE user = 'U-001-R'",
    "UPDATE signer SET since = since + 1 WHERE user = 'U-004-G'",
    "UPDATE signer SET user = 'U-009-D' WHERE user = 'U-004-G'",
    "UPDATE OR REPLACE signer SET user = 'U-001-R' WHERE user = 'U-002-W'",
]
ATTACKS = [
    *(ON_FLAGS + list(ON_ACCIDENTS) + ON_REFERRALS + ON_ATTENDANCE + ON_PEOPLE + ON_REGISTERS),
    *(ON_CONSENTS + ON_THE_TRAIL + ON_SIGNERS),
]
"""Refused through `lcs`, and to another tool with the key, as long as it leaves the triggers where they are."""

ATTACKS_ON_WHAT_THEY_POINT_AT = [
    "DELETE FROM referrer",
    "DELETE FROM referrer WHERE id = 1",
    "UPDATE referrer SET id = 9 WHERE id = 1",
]
"""Refused through `lcs`, which has foreign keys on."""
