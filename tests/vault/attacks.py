"""Every way we know to get rid of a record that is kept for ever, or to change what it says, as SQL.

The statements are meant for the vault of `tests.vault.test_kept_for_ever`: family 1 with the children 1 and 2, the
adult 3, the electronic referral 1 and the one on paper 2, the recorded session 1 and the booked session 2, the
closed flag 1 and the open flag 2 about child 1; family 2 with a flag about the whole family; family 4, only referred;
family 5 with the child 10, the adult 11 and accident 1, which names the child, and accident 2, which names nobody;
family 6 without people, with accident 3. Family 1 has requests for reports, 1 produced, 2 requested and 3
withdrawn, and permissions, 1 granted, with an activity, and 2 requested.
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
REPORT = "(id, family_id, referrer_id, proceedings, received_on, asked, evidence, requested_on, requested_by, state)"
OTHER_REPORT = f"{REPORT} VALUES (1, 1, 2, 'care', '2020-01-01', 'Names', 'None', '2020-01-01', 'U-009-D', 'agreed')"
SAME_REPORT = OTHER_REPORT.replace("(1, 1, 2, 'care'", "(9, 1, 3, 'supervision'")
NOT_WITHDRAWN = "withdrawn_on = NULL, withdrawn_by = NULL, withdrawn_because = NULL"
DECISION = "(report_id, number, agreed, reason, decided_on, decided_by, policy_version, rules_hash)"
ON_REPORTS = [
    *replacements("report", OTHER_REPORT, "id", "asked = 'Names'"),
    f"REPLACE INTO report {SAME_REPORT}",
    "UPDATE report SET asked = 'Names'",
    "UPDATE report SET evidence = 'An order'",
    "UPDATE report SET requested_by = 'U-009-D'",
    "UPDATE report SET referrer_id = 2",
    "UPDATE report SET family_id = 2",
    "UPDATE report SET proceedings = 'care'",
    "UPDATE report SET received_on = '2020-01-01', requested_on = '2020-01-01'",
    "UPDATE report SET due_on = NULL WHERE id = 2",
    "UPDATE report SET id = 9 WHERE id = 1",
    "UPDATE OR REPLACE report SET id = 1 WHERE id = 2",
    "UPDATE report SET state = 'agreed' WHERE id = 1",
    "UPDATE report SET state = 'requested' WHERE id = 1",
    "UPDATE report SET state = 'agreed' WHERE id = 2",
    "UPDATE report SET state = 'produced' WHERE id = 2",
    f"UPDATE report SET state = 'agreed', {NOT_WITHDRAWN} WHERE id = 3",
    "UPDATE report SET withdrawn_because = 'none' WHERE id = 3",
    f"INSERT INTO report_decision {DECISION} VALUES (2, 1, 1, 'fine', '2020-01-01', 'U-001-R', 1, '')",
    "UPDATE report_decision SET agreed = 0",
    "UPDATE report_decision SET decided_by = 'U-002-W'",
    "UPDATE report_decision SET report_id = 2",
    "REPLACE INTO report_decision SELECT * FROM report_decision",
    "UPDATE report_production SET report_id = 2",
    "REPLACE INTO report_production (report_id, disclosure_id) VALUES (2, 3)",
]
PERMISSION = "(id, family_id, kind, session_id, done_by, purpose, evidence, requested_on, requested_by, state)"
OTHER_PERMISSION = f"{PERMISSION} VALUES (1, 1, 'assessment', 1, 'x', 'x', 'x', '2020-01-01', 'U-009-D', 'requested')"
WITHDRAWN = "state = 'withdrawn', withdrawn_on = '2020-03-03', withdrawn_by = 'U-002-W', withdrawn_because = 'x'"
ACTIVITY = "(family_id, session_id, permission_id, recorded_on, recorded_by)"
ON_PERMISSIONS = [
    *replacements("permission", OTHER_PERMISSION, "id", "kind = 'assessment'"),
    "UPDATE permission SET kind = 'assessment'",
    "UPDATE permission SET family_id = 2",
    "UPDATE permission SET session_id = 1 WHERE id = 1",
    "UPDATE permission SET done_by = 'Nobody'",
    "UPDATE permission SET purpose = 'None'",
    "UPDATE permission SET evidence = 'None'",
    "UPDATE permission SET requested_by = 'U-009-D'",
    "UPDATE permission SET requested_on = '2020-01-01'",
    "UPDATE permission SET id = 9 WHERE id = 1",
    "UPDATE OR REPLACE permission SET id = 1 WHERE id = 2",
    "UPDATE permission SET decided_by = 'U-002-W' WHERE id = 1",
    "UPDATE permission SET decided_on = '2020-01-01', decided_at = '00:00' WHERE id = 1",
    "UPDATE permission SET reason = 'none' WHERE id = 1",
    "UPDATE permission SET state = 'refused' WHERE id = 1",
    f"UPDATE permission SET {WITHDRAWN}, reason = 'none' WHERE id = 1",
    f"UPDATE permission SET {WITHDRAWN} WHERE id = 2",
    f"INSERT INTO activity {ACTIVITY} VALUES (1, 2, 2, '2020-03-03', 'U-004-G')",
    f"INSERT INTO activity {ACTIVITY} VALUES (2, 3, 1, '2020-03-03', 'U-004-G')",
    "UPDATE activity SET permission_id = 2",
    "UPDATE activity SET recorded_by = 'U-002-W'",
    "REPLACE INTO activity SELECT * FROM activity",
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
    *(ON_THE_TRAIL + ON_SIGNERS + ON_REPORTS + ON_PERMISSIONS),
]
"""Refused through `lcs`, and to another tool with the key, as long as it leaves the triggers where they are."""

ATTACKS_ON_WHAT_THEY_POINT_AT = [
    "DELETE FROM referrer",
    "DELETE FROM referrer WHERE id = 1",
    "UPDATE referrer SET id = 9 WHERE id = 1",
]
"""Refused through `lcs`, which has foreign keys on."""
