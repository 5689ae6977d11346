-- With which keys programs of those who run the installation call. They manage tenants and see no tenant's data.
create table tenancy.operator_key (
  key_id       bigint      generated always as identity primary key,
  name         text        not null,
  prefix       text        not null unique,   -- the key's beginning, to recognise it by; no secret
  hash         bytea       not null unique,   -- SHA-256 of the whole key, which is 256 random bits
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  revoked_at   timestamptz                    -- null: in force
);

create unique index operator_key_name on tenancy.operator_key (name) where revoked_at is null;
