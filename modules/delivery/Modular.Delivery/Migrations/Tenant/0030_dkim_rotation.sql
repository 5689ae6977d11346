-- A key is published first (next), signs then, and is retired when its successor signs: its private half is gone, what DNS says stays for mail under way.
alter table sending_domain_key
  add column signs_since timestamptz,
  add column retired_at  timestamptz,
  alter column private_key drop not null,
  add check ((private_key is null) = (retired_at is not null));

update sending_domain_key set signs_since = created_at;
