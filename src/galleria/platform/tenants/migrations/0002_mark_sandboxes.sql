-- As in the directory, where the door reads it.
ALTER TABLE tenants.tenant ADD COLUMN is_sandbox boolean NOT NULL DEFAULT false;
