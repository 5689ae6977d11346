-- Passwords that were had, and links by mail that set another.

alter table tenancy.user_account
  add column password_set_at timestamptz not null default now();

-- Hashes of passwords that a person had: no policy looks back further than the newest 24.
create table tenancy.password_history (
  user_id bigint      not null references tenancy.user_account on delete cascade,
  hash    text        not null,
  set_at  timestamptz not null,   -- when the next one took its place
  primary key (user_id, set_at)
);

-- What a person is sent to prove that a mailbox is theirs: good once, and not for long.
create table tenancy.one_use_token (
  hash       bytea       primary key,   -- SHA-256 of 256 random bits
  purpose    text        not null,      -- password-reset
  user_id    bigint      not null references tenancy.user_account on delete cascade,
  stamp      text        not null,      -- the account's security stamp then: a changed password ends what was sent before
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at    timestamptz
);

create index one_use_token_user on tenancy.one_use_token (user_id);
