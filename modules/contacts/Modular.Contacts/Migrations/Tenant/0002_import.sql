-- Imports, each resumable at its last batch: counts, faults, position and the batch's contacts are committed together.

create table import_job (
  import_id     bigint      not null default nextval('id_seq') primary key,
  source        text        not null,                 -- file, or the name of a plugin's source
  file_name     text        not null,                 -- below the drop folder's import/, or a word for the plugin's source
  file_tag      text,                                 -- size and time of the file: another file of the same name is another import
  file_bytes    bigint,
  settings      jsonb       not null default '{}',    -- mapping and options, as asked for
  actor         text        not null,
  state         text        not null default 'waiting',
  stage         text,
  fault         text,                                 -- why it failed
  notes         text[]      not null default '{}',    -- columns left out, encoding found: what the one who imports should know
  records       bigint      not null default 0,       -- records done with, of all kinds; where to resume
  bytes_done    bigint      not null default 0,
  added         bigint      not null default 0,
  updated       bigint      not null default 0,
  unchanged     bigint      not null default 0,
  duplicates    bigint      not null default 0,
  faulty        bigint      not null default 0,
  created_at    timestamptz not null,
  started_at    timestamptz,
  finished_at   timestamptz,
  moved_at      timestamptz,                          -- the file went to done/
  lease_owner   uuid,
  lease_until   timestamptz,
  attempts      integer     not null default 0,
  schedule_id   bigint,
  check (state in ('waiting', 'running', 'finished', 'failed', 'cancelled'))
);

create unique index import_job_file on import_job (file_name, file_tag) where source = 'file';
create index import_job_open on import_job (import_id) where state in ('waiting', 'running');

create table import_fault (
  import_id bigint  not null references import_job on delete cascade,
  record    bigint  not null,                         -- which record of the file, the header not counted
  line      bigint  not null,
  field     text,
  reason    text    not null,                         -- never a person's value
  primary key (import_id, record)
);

create table import_schedule (
  schedule_id  bigint      not null default nextval('id_seq') primary key,
  name         text        not null,
  source       text        not null,                  -- the plugin's source
  settings     bytea       not null,                  -- sealed: addresses and credentials
  mapping      jsonb       not null default '{}',
  every        interval    not null,
  actor        text        not null,
  state        jsonb,                                 -- what the source wants to know next time, such as an ETag
  is_paused    boolean     not null default false,
  due_at       timestamptz not null,
  last_fault   text,
  created_at   timestamptz not null,
  check (every >= interval '1 minute')
);
