-- By what programs come in, and from where people and programs may. No secret is kept: of an API key its SHA-256, of a password what SCRAM derives from it.

create table tenancy.api_key (
  key_id      bigint      generated always as identity primary key,
  tenant_id   bigint      not null references tenancy.tenant on delete cascade,
  name        text        not null,
  permissions text        not null,   -- names, separated by one blank
  networks    text        not null,   -- CIDR, separated by one blank; empty: from anywhere
  created_at  timestamptz not null,
  expires_at  timestamptz,            -- null: never
  revoked_at  timestamptz             -- null: in force
);

create unique index api_key_name on tenancy.api_key (tenant_id, name) where revoked_at is null;

-- What a program shows. A key that was rotated has two for some hours.
create table tenancy.api_key_secret (
  hash         bytea       primary key,       -- SHA-256 of the whole key, which is 256 random bits: nothing to guess, so nothing to slow down
  key_id       bigint      not null references tenancy.api_key on delete cascade,
  prefix       text        not null unique,   -- the beginning, to recognise it by; no secret
  created_at   timestamptz not null,
  ends_at      timestamptz,                   -- null: with the key
  last_used_at timestamptz                    -- to the minute
);

create index api_key_secret_of_key on tenancy.api_key_secret (key_id);
create unique index api_key_secret_current on tenancy.api_key_secret (key_id) where ends_at is null;

create table tenancy.smtp_credential (
  credential_id bigint      generated always as identity primary key,
  tenant_id     bigint      not null references tenancy.tenant on delete cascade,
  name          text        not null,
  domains       text        not null,   -- sending domains it is confined to, separated by one blank; empty: all of the tenant's
  networks      text        not null,   -- as above
  created_at    timestamptz not null,
  expires_at    timestamptz,
  revoked_at    timestamptz
);

create unique index smtp_credential_name on tenancy.smtp_credential (tenant_id, name) where revoked_at is null;

create table tenancy.smtp_secret (
  user_name     text        primary key,   -- in lower case; a rotation makes another one, since SCRAM tells the salt before it knows which password comes
  credential_id bigint      not null references tenancy.smtp_credential on delete cascade,
  salt          bytea       not null,
  iterations    integer     not null,
  stored_key    bytea       not null,
  server_key    bytea       not null,
  created_at    timestamptz not null,
  ends_at       timestamptz,
  last_used_at  timestamptz
);

create index smtp_secret_of_credential on tenancy.smtp_secret (credential_id);
create unique index smtp_secret_current on tenancy.smtp_secret (credential_id) where ends_at is null;

-- From where a tenant lets anyone in, and each of its people. Without a row: from anywhere. Both must allow it, and what the key says as well.
create table tenancy.network_rule (
  tenant_id  bigint      not null references tenancy.tenant on delete cascade,
  user_id    bigint,                    -- null: everyone, programs too
  networks   text        not null,
  changed_at timestamptz not null,
  unique nulls not distinct (tenant_id, user_id),
  foreign key (user_id, tenant_id) references tenancy.membership on delete cascade
);
