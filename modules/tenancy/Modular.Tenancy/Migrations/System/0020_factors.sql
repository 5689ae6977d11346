-- Second factors of the people who sign in, and the way to their phones. Secrets are sealed under the installation's key; recovery codes are 80 random bits each, kept as SHA-256.

create table tenancy.factor (
  factor_id     bigint      generated always as identity primary key,
  user_id       bigint      not null references tenancy.user_account on delete cascade,
  kind          text        not null check (kind in ('totp', 'passkey', 'sms')),
  name          text        not null,             -- what its owner calls it
  secret_sealed bytea       not null,             -- totp: the key; passkey: the credential; sms: the number; purpose tenancy.factor, bound to user_id
  credential_id bytea       unique,               -- of a passkey; null for the others
  last_step     bigint      not null default 0,   -- totp: the newest time step that was used; no code of it or before it is good again
  created_at    timestamptz not null,
  used_at       timestamptz                       -- null until the first time
);

create index factor_of_user on tenancy.factor (user_id);

create table tenancy.recovery_code (
  user_id bigint      not null references tenancy.user_account on delete cascade,
  hash    bytea       not null,
  used_at timestamptz,             -- null: still good
  primary key (user_id, hash)
);

-- What somebody was asked and has not answered yet: a sign-in between password and factor, a code on its way to a phone, a factor about to be added.
create table tenancy.challenge (
  hash         bytea       primary key,   -- SHA-256 of what the browser holds, or of the session's number
  user_id      bigint      references tenancy.user_account on delete cascade,   -- null: a passkey will say who
  state_sealed bytea       not null,      -- purpose tenancy.challenge, bound to user_id
  tries        integer     not null default 0,
  expires_at   timestamptz not null
);

create index challenge_end on tenancy.challenge (expires_at);

-- The installation's SMS gateway; without a row there is none, but in capture mode.
create table tenancy.sms_gateway (
  gateway_id      bigint      primary key check (gateway_id = 1),   -- there is one
  name            text        not null,      -- of a plugin's gateway
  settings_sealed bytea       not null,      -- purpose tenancy.sms-gateway, bound to gateway_id
  countries       text        not null,      -- beginnings of the numbers that are served, separated by one blank; empty: all
  per_tenant_day  integer     not null,      -- messages
  changed_at      timestamptz not null
);

-- Messages of the last day, to bound what they cost.
create table tenancy.sms_sent (
  number_index uuid        not null,   -- blind index of the number, under the installation's key
  tenant_id    bigint      not null references tenancy.tenant on delete cascade,
  sent_at      timestamptz not null
);

create index sms_sent_number on tenancy.sms_sent (number_index, sent_at);
create index sms_sent_tenant on tenancy.sms_sent (tenant_id, sent_at);
