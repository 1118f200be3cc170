-- Until now all attributes were facets, whatever they said: they go on being some until somebody
-- switches them off.
UPDATE attributes.attribute SET is_filterable = true, version = version + 1
WHERE NOT is_filterable;
-- Processes that remember the dictionary read it anew.
UPDATE attributes.version SET dictionary_version = uuidv7();
