"""The rules, tested by cases that a safeguarding lead can read, and by properties."""
