"""Everything that is SQL: the tables, their history, and the queries. SQL text is found nowhere else."""
