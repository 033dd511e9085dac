"""Faults that are put in on purpose: what fails, what is found afterwards, and the page that says so."""
