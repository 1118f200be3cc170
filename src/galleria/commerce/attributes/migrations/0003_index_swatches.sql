-- Few values have a swatch, and whoever shows filters asks for just those.
CREATE INDEX value_swatch ON attributes.value (tenant_id, attribute_id, position, value_id)
    WHERE swatch IS NOT NULL AND merged_into IS NULL;
