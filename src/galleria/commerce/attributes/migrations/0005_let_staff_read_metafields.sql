-- A metafield may be meant for those who stand behind the counter.
ALTER TABLE attributes.metafield_definition
    DROP CONSTRAINT metafield_definition_storefront_check;
ALTER TABLE attributes.metafield_definition
    ADD CONSTRAINT metafield_definition_storefront_check
    CHECK (storefront IN ('none', 'staff', 'public'));
