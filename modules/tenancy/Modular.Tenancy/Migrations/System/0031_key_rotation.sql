-- How far the sealing anew of a tenant's data has come: it goes on from here after a crash.
create table tenancy.key_rotation (
  tenant_id     bigint      primary key references tenancy.tenant on delete cascade,
  version       smallint    not null,             -- of the data key that everything is to be sealed with
  is_forgetting boolean     not null,             -- the older keys are destroyed at its end, whatever older backups need
  started_at    timestamptz not null,
  phase         text        not null check (phase in ('sealing', 'writers', 'checking', 'readers', 'done')),
  column_index  int         not null default 0,   -- which of the declared columns
  cursor        bigint      not null default 0,   -- and behind which row of it
  resealed      bigint      not null default 0,
  found         bigint      not null default 0,   -- in this walk
  unreadable    bigint      not null default 0,   -- in this walk: values that no key opens
  marked_at     timestamptz,                      -- when the transactions of mark were noted
  mark          text[],                           -- transactions at work then; the next phase begins when they have ended
  finished_at   timestamptz,
  leased_by     uuid,                             -- the process that works on it
  leased_until  timestamptz
);

-- Keys that nothing in the database is sealed with any more. Backups from before still are, so they wait until no such backup is kept.
create table tenancy.retired_key (
  tenant_id bigint      not null references tenancy.tenant on delete cascade,
  version   smallint    not null,
  drop_at   timestamptz not null,
  primary key (tenant_id, version)
);
