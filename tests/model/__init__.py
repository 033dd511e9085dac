"""A second reading of the policy: what each family's file is on each day, and what goes, from the rows alone."""
