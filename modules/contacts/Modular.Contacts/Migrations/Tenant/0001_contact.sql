-- What is known about people. The address and every personal field are sealed in the profile; SQL sees what is not personal, and blind indexes.

create sequence field_seq as bigint;

create table field_definition (
  field_id      bigint      not null default nextval('field_seq') primary key,  -- written into profiles; never used again
  name          text        not null,
  label         text        not null,
  type          text        not null,
  is_personal   boolean     not null,
  is_searchable boolean     not null,
  choices       text[]      not null default '{}',
  created_at    timestamptz not null default now(),
  retired_at    timestamptz,                          -- deleted for the people; old profiles may still hold its number
  check (type in ('text', 'number', 'boolean', 'date', 'date_time', 'choice', 'multi_choice'))
);

create unique index field_definition_name on field_definition (name) where retired_at is null;

insert into field_definition (name, label, type, is_personal, is_searchable)
values ('first_name', 'First name', 'text', true, false), ('last_name', 'Last name', 'text', true, false);

create table contact (
  contact_id    bigint      not null primary key,     -- from id_seq, drawn before the profile is sealed, for it is bound to it
  email_index   uuid        not null,                 -- blind index of the address
  domain        text        not null,
  profile       bytea       not null,                 -- sealed: the address and all personal fields
  open_fields   jsonb,                                -- fields that are not personal, by name; null when there are none
  search        uuid[],                               -- blind indexes of searchable personal fields; null when there are none
  status        text        not null,
  status_since  timestamptz not null,
  status_reason text,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,                 -- also the version that a change is made against
  import_id     bigint,                               -- where it came from: the import, null for API and console
  import_line   bigint,
  check (status in ('active', 'bounced', 'unsubscribed', 'complained'))
);

create unique index contact_email on contact (email_index);
create index contact_silent on contact (status, contact_id) where status <> 'active';
create index contact_search on contact using gin (search) where search is not null;

-- What happened to one contact, other than imports and mails, for its timeline. No personal values.
create table contact_history (
  history_id bigint      not null default nextval('id_seq') primary key,
  contact_id bigint      not null references contact on delete cascade,
  at         timestamptz not null,
  what       text        not null,
  detail     text,
  actor      text        not null
);

create index contact_history_contact on contact_history (contact_id, at);

create table list (
  list_id    bigint      not null default nextval('id_seq') primary key,
  name       text        not null,
  created_at timestamptz not null
);

create unique index list_name on list (lower(name));

create table list_member (
  list_id    bigint      not null references list on delete cascade,
  contact_id bigint      not null references contact on delete cascade,
  added_at   timestamptz not null,
  primary key (list_id, contact_id)
);

create index list_member_contact on list_member (contact_id);

create table segment (
  segment_id bigint      not null default nextval('id_seq') primary key,
  name       text        not null,
  definition jsonb       not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create unique index segment_name on segment (lower(name));
