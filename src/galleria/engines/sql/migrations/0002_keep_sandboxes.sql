-- A shop for trying things out, and how far its clock was moved ahead of ours. A shop is a sandbox
-- from its first day or never, and no live shop's clock is ever moved.
ALTER TABLE directory.tenant
    ADD COLUMN is_sandbox boolean NOT NULL DEFAULT false,
    ADD COLUMN clock_ahead_s int8 NOT NULL DEFAULT 0,
    ADD CONSTRAINT only_sandboxes_move CHECK (clock_ahead_s = 0 OR (is_sandbox AND clock_ahead_s > 0));
