"""Every way we know to get rid of a record that is kept for ever, or to change what it says, as SQL.

The statements are meant for the vault of `tests.vault.test_kept_for_ever`: family 1 with the children 1 and 2, the
adult 3, the electronic referral 1 and the one on paper 2, the recorded session 1 and the booked session 2, the
closed flag 1 and the open flag 2 about child 1, disclosure 3, which waits for parts, and the consents of adult 3: 1 is
withdrawn, 2 is live; family 2 with a flag about the whole family; family 4, only referred, with the adult 9, and with
disclosure 4, whose words are kept; the names of family 1, of its child 1 and of family 6 were corrected, and those of
family 13 and its child 22, of which stubs are left; family 5 with the child 10, the adult 11 and accident 1, which
names the child, and accident 2, which names nobody;
family 6 without people, with accident 3; family 7 with the children 12, 13 and the adult 14, document 1 (of two
chunks, kept for ever, about child 12) and document 2, which goes with the file; family 8 with the child 15, the adult
16 and document 3 (kept, about the whole family); family 9 with the children 17, 18, the adult 19, paper 2 (kept, about
child 17) and paper 3, which goes; family 10 with the child 20, the adult 21 and paper 4 (kept, about all); families 11
and 12 without people, with document 4 and paper 5, which are kept; paper 1 of a family that is gone is destroyed.
On the staff register are 1, corrected once, and 2,
each with a check that was confirmed and an undertaking, 2 with a second check that waits
to be confirmed; 3, 4 and 5 left long enough ago, flag 1 names 3 and a hold is on 4;
session 2 was given from 1 to 2 with 1.
Request 1 by the adult 3 about child 1 is open, checked and extended, with an
ended pause and decisions about flag 1; disclosure 1 counts as its bundle; request 2 is closed.
Family 1 has requests for reports, 1 produced, 2 requested and 3 withdrawn, and permissions, 1 granted, with an
activity, and 2 requested.
"""

FLAG = "(id, family_id, category, raised_on, raised_by, narrative, children, changed)"
OTHER_FLAG = f"{FLAG} VALUES (1, 1, 'other', '2020-01-01', 'U-001-R', x'00', 1, 1)"
ACCIDENT = "(id, family_id, happened_on, recorded_on, recorded_by, narrative, children)"
OTHER_ACCIDENT = f"{ACCIDENT} VALUES (1, 5, '2020-01-01', '2020-01-01', 'U-001-R', x'00', 0)"
OTHER_NAMING = "(flag_id, staff_id, named_on, named_by) VALUES (1, 3, '2020-01-01', 'U-002-W')"
REFERRAL = "(id, family_id, referrer_id, received_on, electronic, outcome, changed)"
OTHER_REFERRAL = f"{REFERRAL} VALUES (1, 1, 1, '2020-01-01', 0, 'pending', 1)"
OTHER_ATTENDANCE = "(family_id, session_id, child_id, attended, changed) VALUES (1, 1, 1, 0, 1)"
SESSION = "(family_id, id, held_on, starts, ends, changed)"
OTHER_SESSION = f"{SESSION} VALUES (1, 1, '2019-06-06', '10:00', '11:30', 1)"
PERSON = "(id, family_id, kind, given_name, family_name, changed)"
OTHER_PERSON = f"{PERSON} VALUES (1, 1, 'child', 'Nobody', 'Nothing', 1)"
OTHER_FAMILY = "(id, name, changed) VALUES (1, 'Nobody', 1)"
OTHER_VERSION = (
    "(number, title, text, effective_on, published_on, published_by, approved_by, rules_hash) "
    f"VALUES (1, 'None', 'None', '2020-01-01', '2020-01-01', 'U-001-R', NULL, '{'0' * 64}')"
)
OTHER_ACCEPTANCE = f"(version, list_hash, content) VALUES (2, '{'0' * 64}', '{{}}')"
OTHER_COPY = "(id, version, given_on, given_by, asker, written) VALUES (1, 1, '2020-01-01', 'U-001-R', 'user', 0)"
OTHER_POLICY_REVIEW = (
    "(id, version, reviewed_on, reviewed_by, outcome) VALUES (1, 1, '2020-01-01', 'U-001-R', 'unchanged')"
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
    "DELETE FROM flag_staff",
    "DELETE FROM flag_staff WHERE staff_id = 3",
    "UPDATE flag_staff SET staff_id = 4",
    "UPDATE flag_staff SET flag_id = 2",
    "UPDATE flag_staff SET named_by = 'U-002-W'",
    *replacements("flag_staff", OTHER_NAMING, "flag_id, staff_id", "named_by = 'U-002-W'"),
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
_WHOLE = "documents are kept as they were received"
_KEPT_DOCUMENT = "such documents are kept indefinitely"
_NOTHING_ADDED = "nothing is added to a document"
_PART = "the attendance is part of a safeguarding file"
DOCUMENT = (
    "(id, family_id, kind, class, children, media, size, sha256, chunks, key_for_contact, added_on, added_by) "
    f"VALUES (1, 7, 'other', 'document', 0, 'txt', 3, '{'0' * 64}', 1, x'00', '2020-01-01', 'U-001-R')"
)
ON_DOCUMENTS = {
    "DELETE FROM document": _KEPT_DOCUMENT,
    "DELETE FROM document WHERE id = 1": _KEPT_DOCUMENT,
    "DELETE FROM document WHERE rowid = 3": _KEPT_DOCUMENT,
    f"REPLACE INTO document {DOCUMENT}": "documents are never replaced|kept with all its parts",
    f"INSERT OR REPLACE INTO document {DOCUMENT}": "documents are never replaced|kept with all its parts",
    f"INSERT INTO document {DOCUMENT} ON CONFLICT (id) DO UPDATE SET title = NULL": "never replaced|all its parts",
    "REPLACE INTO document SELECT * FROM document WHERE id = 1": "documents are never replaced",
    f"INSERT INTO document {DOCUMENT.replace('(1,', '(9,')}": "kept with all its parts",
    "UPDATE document SET class = 'document' WHERE id = 1": _WHOLE,
    "UPDATE document SET title = NULL": _WHOLE,
    "UPDATE document SET key_for_safeguarding = x'00' WHERE id = 1": _WHOLE,
    "UPDATE document SET sha256 = (SELECT sha256 FROM document WHERE id = 3) WHERE id = 1": _WHOLE,
    "UPDATE document SET size = 1, chunks = 1 WHERE id = 1": _WHOLE,
    "UPDATE document SET family_id = 4 WHERE id = 1": _WHOLE,
    "UPDATE document SET children = 0 WHERE id = 1": _WHOLE,
    "UPDATE document SET id = 9 WHERE id = 1": _WHOLE,
    "UPDATE document SET rowid = 9 WHERE id = 3": _WHOLE,
    "UPDATE OR REPLACE document SET id = 1 WHERE id = 2": _WHOLE,
    "DELETE FROM document_chunk": _KEPT_DOCUMENT,
    "DELETE FROM document_chunk WHERE document_id = 1 AND number = 2": _KEPT_DOCUMENT,
    "UPDATE document_chunk SET sealed = x'00' WHERE document_id = 1": _WHOLE,
    "UPDATE document_chunk SET number = number + 7 WHERE document_id = 1": _WHOLE,
    "UPDATE document_chunk SET document_id = 2 WHERE document_id = 1": _WHOLE,
    "UPDATE OR REPLACE document_chunk SET number = 1 WHERE document_id = 1 AND number = 2": _WHOLE,
    "INSERT INTO document_chunk VALUES (1, 3, x'00')": _NOTHING_ADDED,
    "INSERT INTO document_chunk VALUES (3, 2, x'')": _NOTHING_ADDED,
    "REPLACE INTO document_chunk VALUES (1, 1, x'00')": _NOTHING_ADDED,
    "INSERT INTO document_chunk VALUES (1, 1, x'00') "
    "ON CONFLICT (document_id, number) DO UPDATE SET sealed = x'00'": _NOTHING_ADDED,
    "REPLACE INTO document_chunk SELECT * FROM document_chunk WHERE document_id = 1": _NOTHING_ADDED,
    "DELETE FROM document_child": "the children of a document are kept",
    "UPDATE document_child SET person_id = 13": "the children of a document stay",
    "UPDATE OR REPLACE document_child SET document_id = 3": "the children of a document stay",
    "REPLACE INTO document_child VALUES (1, 12)": "no child is added to a document",
    "INSERT INTO document_child VALUES (1, 13)": "no child is added to a document",
    "INSERT INTO document_child VALUES (3, 15)": "no child is added to a document",
    "DELETE FROM attendance WHERE child_id = 12": _PART,
    "DELETE FROM attendance WHERE child_id = 15": _PART,
    "DELETE FROM superseded WHERE family_id = 7": _PART,
    "DELETE FROM person WHERE id = 12": "a document kept indefinitely points at this person",
    "DELETE FROM person WHERE id = 13": "a document kept indefinitely points at this person",
    "DELETE FROM person WHERE family_id = 8": "a document kept indefinitely points at this person",
    "DELETE FROM family WHERE id = 8": "point at this family",
    "DELETE FROM family WHERE id = 11": "documents point at this family",
}
_GROWS = "the register of paper files only grows"
_WRITTEN = "the register of paper files stays as it was written"
PAPER = "(id, family_id, kind, class, children, description, registered_on, registered_by)"
OTHER_PAPER = f"{PAPER} VALUES (2, 9, 'other', 'document', 0, 'x', '2020-01-01', 'U-001-R')"
_DESTROYED = (
    "description = NULL, method = 'shredded', destroyed_on = '2026-01-01', destroyed_by = 'U-001-R', "
    "witness = 'U-003-A', recorded_on = '2026-01-01', recorded_by = 'U-001-R'"
)
ON_PAPER = {
    "DELETE FROM paper": _GROWS,
    "DELETE FROM paper WHERE id = 1": _GROWS,
    "DELETE FROM paper WHERE id = 3": _GROWS,
    f"REPLACE INTO paper {OTHER_PAPER}": _GROWS,
    f"INSERT INTO paper {OTHER_PAPER} ON CONFLICT (id) DO UPDATE SET description = 'x'": _GROWS,
    "REPLACE INTO paper SELECT * FROM paper WHERE id = 3": _GROWS,
    f"UPDATE paper SET {_DESTROYED} WHERE id = 2": "such paper is kept indefinitely",
    "UPDATE paper SET released_on = '2026-01-01' WHERE id = 2": "such paper is kept indefinitely",
    "UPDATE paper SET class = 'document', kind = 'other', children = 0 WHERE id = 2": _WRITTEN,
    "UPDATE paper SET description = 'nothing' WHERE id = 2": _WRITTEN,
    "UPDATE paper SET family_id = 4 WHERE id = 2": _WRITTEN,
    "UPDATE paper SET id = 9 WHERE id = 3": _WRITTEN,
    "UPDATE OR REPLACE paper SET id = 2 WHERE id = 3": _WRITTEN,
    "UPDATE paper SET registered_by = 'U-002-W' WHERE id = 3": _WRITTEN,
    "UPDATE paper SET released_on = NULL WHERE id = 1": _WRITTEN,
    "UPDATE paper SET witness = 'U-002-W' WHERE id = 1": _WRITTEN,
    "UPDATE paper SET description = 'still there', method = NULL, destroyed_on = NULL, destroyed_by = NULL, "
    "witness = NULL, recorded_on = NULL, recorded_by = NULL WHERE id = 1": _WRITTEN,
    "DELETE FROM paper_child": _GROWS,
    "UPDATE paper_child SET person_id = 18": _WRITTEN,
    "INSERT INTO paper_child VALUES (2, 18)": "no child is added to a paper file",
    "INSERT INTO paper_child VALUES (4, 20)": "no child is added to a paper file",
    "REPLACE INTO paper_child VALUES (2, 17)": "no child is added to a paper file",
    "DELETE FROM paper_position": _GROWS,
    "DELETE FROM paper_position WHERE paper_id = 1": _GROWS,
    "UPDATE paper_position SET place = NULL, holder = NULL, reason = NULL WHERE paper_id = 2": _WRITTEN,
    "UPDATE paper_position SET place = 'elsewhere' WHERE paper_id = 3": _WRITTEN,
    "UPDATE paper_position SET place = 'elsewhere' WHERE paper_id = 1": _WRITTEN,
    "UPDATE paper_position SET since = '2020-01-01' WHERE paper_id = 1": _WRITTEN,
    "UPDATE OR REPLACE paper_position SET paper_id = 2 WHERE paper_id = 3": _WRITTEN,
    "REPLACE INTO paper_position SELECT * FROM paper_position WHERE paper_id = 3": _GROWS,
    "INSERT INTO paper_position VALUES (1, 2, 'back again', NULL, '2026-01-01', NULL, '2026-01-01', 'U-001-R')": _GROWS,
    "INSERT INTO paper_position VALUES (3, 7, 'nowhere', NULL, '2026-01-01', NULL, '2026-01-01', 'U-001-R')": _GROWS,
    "DELETE FROM attendance WHERE child_id = 17": _PART,
    "DELETE FROM attendance WHERE child_id = 20": _PART,
    "DELETE FROM person WHERE id = 18": "paper kept indefinitely points at this person",
    "DELETE FROM person WHERE family_id = 10": "paper kept indefinitely points at this person",
    "DELETE FROM superseded WHERE family_id = 9": _PART,
    "DELETE FROM family WHERE id = 10": "points? at this family",
    "DELETE FROM family WHERE id = 12": "paper kept indefinitely points at this family",
}

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
DECISION = "(report_id, number, agreed, reason, decided_on, decided_by, policy_version, rules_hash, after_change)"
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
    f"INSERT INTO report_decision {DECISION} VALUES (2, 1, 1, 'fine', '2020-01-01', 'U-001-R', 1, '', 0)",
    "UPDATE report_decision SET agreed = 0",
    "UPDATE report_decision SET decided_by = 'U-002-W'",
    "UPDATE report_decision SET report_id = 2",
    "REPLACE INTO report_decision SELECT * FROM report_decision",
    "UPDATE report_production SET report_id = 2",
    "REPLACE INTO report_production (report_id, disclosure_id) VALUES (2, 5)",
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
    "DELETE FROM former_identity",
    "DELETE FROM former_identity WHERE person_id IS NULL",
    "UPDATE former_identity SET family_name = 'Nobody'",
    "REPLACE INTO former_identity SELECT * FROM former_identity",
    "DELETE FROM superseded WHERE kind = 'person'",
    "DELETE FROM superseded WHERE kind = 'family' AND family_id = 1",
    "DELETE FROM superseded WHERE kind = 'family' AND family_id = 6",
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
    "UPDATE policy_version SET rules_hash = rules_hash",
    "INSERT INTO policy_rules (version, name, content) VALUES (1, 'extra.toml', '')",
    "DELETE FROM policy_rules",
    "UPDATE policy_rules SET content = ''",
    "REPLACE INTO policy_rules (version, name, content) VALUES (1, 'authority.toml', '')",
    "REPLACE INTO policy_rules SELECT * FROM policy_rules",
    "DELETE FROM policy_acceptance",
    "UPDATE policy_acceptance SET content = '{}'",
    *replacements("policy_acceptance", OTHER_ACCEPTANCE, "version", "content = '{}'"),
    "DELETE FROM policy_copy",
    "UPDATE policy_copy SET version = 2",
    *replacements("policy_copy", OTHER_COPY, "id", "asker = 'user'"),
    "DELETE FROM policy_review",
    "UPDATE policy_review SET note = NULL",
    *replacements("policy_review", OTHER_POLICY_REVIEW, "id", "note = NULL"),
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
STAFF = "(id, name, capacity, joined_on, salt, changed)"
OTHER_STAFF = f"{STAFF} VALUES (1, 'Nobody', 'staff', '2020-01-01', '{'0' * 32}', 1)"
CHECK = (
    "(staff_id, number, certificate, update_status, checked_on, seen_by, recorded_on, recorded_by, policy_version, "
    "rules_hash)"
)
OTHER_CHECK = (
    f"{CHECK} VALUES (1, 1, '000000000000', 'current', '2020-01-01', 'U-001-R', '2020-01-01', 'U-001-R', 1, '0')"
)
CONFIRMATION = "(staff_id, number, confirmed_on, confirmed_by)"
OTHER_CONFIRMATION = f"{CONFIRMATION} VALUES (1, 1, '2020-03-02', 'U-003-A')"
UNDERTAKING = "(staff_id, signed_on, policy_version, recorded_on, recorded_by)"
OTHER_UNDERTAKING = f"{UNDERTAKING} VALUES (1, '2020-01-06', 1, '2020-01-06', 'U-002-W')"
SUPERVISION = "(family_id, session_id, naming, staff_id, position, named_on, named_by)"
OTHER_SUPERVISION = f"{SUPERVISION} VALUES (1, 2, 1, 1, 'with', '2020-01-01', 'U-001-R')"
ON_STAFF = [
    "DELETE FROM staff_member",
    "DELETE FROM staff_member WHERE id = 2",
    *replacements("staff_member", OTHER_STAFF, "id", "name = 'Nobody'"),
    "UPDATE staff_member SET name = 'Nobody' WHERE id = 1",
    "UPDATE staff_member SET name = 'Nobody', changed = 99 WHERE id = 1",
    "UPDATE staff_member SET user = NULL, changed = changed + 1 WHERE id = 1",
    "UPDATE staff_member SET id = 9 WHERE id = 1",
    "UPDATE OR REPLACE staff_member SET id = 1 WHERE id = 2",
    "DELETE FROM superseded WHERE kind = 'staff_member'",
    "DELETE FROM vetting_check",
    *replacements("vetting_check", OTHER_CHECK, "staff_id, number", "update_status = 'current'"),
    "UPDATE vetting_check SET decision = 'not-cleared'",
    "UPDATE vetting_check SET certificate = '999999999999'",
    "UPDATE vetting_check SET staff_id = 2",
    "UPDATE OR REPLACE vetting_check SET number = 2",
    "DELETE FROM vetting_confirmation",
    *replacements("vetting_confirmation", OTHER_CONFIRMATION, "staff_id, number", "confirmed_on = '2020-03-03'"),
    "UPDATE vetting_confirmation SET confirmed_on = '2020-03-03'",
    "UPDATE vetting_confirmation SET staff_id = 2",
    f"INSERT INTO vetting_confirmation {CONFIRMATION} VALUES (1, 2, '2020-03-02', 'U-003-A')",
    f"INSERT INTO vetting_confirmation {CONFIRMATION} VALUES (2, 2, '2020-03-02', 'U-001-R')",
    "DELETE FROM undertaking",
    *replacements("undertaking", OTHER_UNDERTAKING, "staff_id, signed_on", "recorded_by = 'U-002-W'"),
    "UPDATE undertaking SET signed_on = '2020-01-05'",
    "UPDATE undertaking SET staff_id = 2",
    "DELETE FROM supervision",
    "DELETE FROM supervision WHERE naming = 2",
    "DELETE FROM supervision WHERE naming < 2 AND family_id = 1",
    "UPDATE supervision SET staff_id = 2 WHERE naming = 1",
    "UPDATE supervision SET naming = 9",
    "UPDATE OR REPLACE supervision SET staff_id = 1, position = 'alone' WHERE naming = 2",
    *replacements("supervision", OTHER_SUPERVISION, "family_id, session_id, naming, staff_id", "position = 'with'"),
]
APPROVED = (
    "INSERT INTO review (id, staff_id, outcome, state, due_on, rule, clause, facts_hash, policy_version, rules_hash, "
    "reviewed_on, reviewed_by, approved_on, approved_by, list_hash) VALUES (99, {}, 'dispose', '{}', '2025-03-02', "
    "'staff-file', '4.6', '', 1, '', '2025-03-03', 'U-001-R', '2025-03-03', 'U-003-A', '')"
)
OF_STAFF = [
    "DELETE FROM vetting_confirmation WHERE staff_id = {}",
    "DELETE FROM vetting_check WHERE staff_id = {}",
    "DELETE FROM undertaking WHERE staff_id = {}",
    "DELETE FROM superseded WHERE kind = 'staff_member' AND record_id = {}",
    "DELETE FROM staff_member WHERE id = {}",
]
ON_STAFF_BY_A_REVIEW = [
    *([APPROVED.format(1, "approved"), statement.format(1)] for statement in OF_STAFF),  # works here
    *([APPROVED.format(3, "approved"), statement.format(3)] for statement in OF_STAFF),  # a concern names them
    *([APPROVED.format(4, "approved"), statement.format(4)] for statement in OF_STAFF),  # on hold
    *([APPROVED.format(5, "returned"), statement.format(5)] for statement in OF_STAFF),  # went back to review
    *([APPROVED.format(5, "approved"), statement.format(3)] for statement in OF_STAFF),  # it is about another
]
"""What a review does not let go either."""
OTHER_REQUEST = (
    "(id, family_id, person_id, kind, received_on, recorded_on, recorded_by) "
    "VALUES (1, 1, 2, 'own', '2020-01-01', '2020-01-01', 'U-001-R')"
)
OTHER_DECISION = (
    "(request_id, number, item, state, seen, decided_on, decided_by) "
    "VALUES (1, 1, 'SF-0001-R', 'cleared', '', '2020-01-01', 'U-001-R')"
)
ON_REQUESTS = [
    "DELETE FROM access_request WHERE id = 1",
    *replacements("access_request", OTHER_REQUEST, "id", "person_id = 2"),
    "UPDATE access_request SET person_id = 2 WHERE id = 1",
    "UPDATE access_request SET family_id = 2 WHERE id = 1",
    "UPDATE access_request SET kind = 'own', parent_id = NULL WHERE id = 1",
    "UPDATE access_request SET parent_id = NULL WHERE id = 1",
    "UPDATE access_request SET received_on = '2019-01-01' WHERE id = 1",
    "UPDATE access_request SET recorded_by = 'U-002-W' WHERE id = 1",
    "UPDATE access_request SET evidence = 'another' WHERE id = 1",
    "UPDATE access_request SET asker = 'another' WHERE id = 1",
    "UPDATE access_request SET checked_how = 'another' WHERE id = 1",
    "UPDATE access_request SET checked_on = NULL, checked_by = NULL, checked_how = NULL WHERE id = 1",
    "UPDATE access_request SET extended_because = 'another' WHERE id = 1",
    "UPDATE access_request SET id = 9 WHERE id = 1",
    "UPDATE OR REPLACE access_request SET id = 1 WHERE id = 2",
    "UPDATE access_request SET outcome = NULL, ended_on = NULL, ended_by = NULL, ended_because = NULL WHERE id = 2",
    "UPDATE access_request SET outcome = 'mistaken' WHERE id = 2",
    "DELETE FROM request_pause WHERE request_id = 1",
    "UPDATE request_pause SET to_on = '2027-01-01' WHERE request_id = 1",
    "UPDATE request_pause SET from_on = '2019-01-01' WHERE request_id = 1",
    "REPLACE INTO request_pause SELECT * FROM request_pause WHERE request_id = 1",
    "DELETE FROM request_decision WHERE request_id = 1",
    *replacements("request_decision", OTHER_DECISION, "request_id, number", "seen = 'another'"),
    "UPDATE request_decision SET state = 'cleared', reason = NULL, words = NULL WHERE request_id = 1",
    "UPDATE request_decision SET seen = 'another' WHERE request_id = 1",
    "UPDATE request_decision SET item = 'SF-0002-W' WHERE request_id = 1",
    "UPDATE request_decision SET redacted = x'00' WHERE request_id = 1",
    "DELETE FROM request_bundle WHERE request_id = 1",
    "UPDATE request_bundle SET request_id = 2",
    "UPDATE request_bundle SET disclosure_id = 2",
    "REPLACE INTO request_bundle (request_id, disclosure_id) VALUES (2, 1)",
    *replacements(
        "request_bundle", "(request_id, disclosure_id) VALUES (1, 1)", "request_id, disclosure_id", "request_id = 2"
    ),
]
SAID = ON_ACCIDENTS | ON_DOCUMENTS | ON_PAPER
"""What is refused, with the words of the guard that is there to refuse it."""
ATTACKS = [
    *(ON_FLAGS + list(ON_ACCIDENTS) + list(ON_DOCUMENTS) + list(ON_PAPER)),
    *(ON_REFERRALS + ON_ATTENDANCE + ON_PEOPLE + ON_REGISTERS),
    *(ON_THE_TRAIL + ON_SIGNERS + ON_STAFF + ON_REQUESTS + ON_CONSENTS),
    *(ON_REPORTS + ON_PERMISSIONS),
]
"""Refused through `lcs`, and to another tool with the key, as long as it leaves the triggers where they are."""

ATTACKS_ON_WHAT_THEY_POINT_AT = [
    "DELETE FROM referrer",
    "DELETE FROM referrer WHERE id = 1",
    "UPDATE referrer SET id = 9 WHERE id = 1",
]
"""Refused through `lcs`, which has foreign keys on."""
