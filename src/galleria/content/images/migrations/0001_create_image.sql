CREATE SCHEMA images;

-- One row for each picture of a shop; equal bytes share it. Not shared between shops: whether
-- another shop has the same picture is nobody's business.
CREATE TABLE images.image (
    tenant_id int4 NOT NULL,
    media_id uuid NOT NULL,
    content_type text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes > 0),
    sha256 text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, media_id),
    UNIQUE (tenant_id, sha256)
);
SELECT galleria.protect('images.image');
