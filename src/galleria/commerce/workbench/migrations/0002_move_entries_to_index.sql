-- Products are found by the index of records, which the worker makes when it is missing.
DROP TABLE workbench.mark;
DROP TABLE workbench.mark_count;
DROP TABLE workbench.entry;
DROP TABLE workbench.filling;
