-- A contact's page asks which entries came from it.
create index suppression_contact on suppression (contact_id) where contact_id is not null;
