-- Addresses that may not be mailed, as blind indexes alone: an entry outlives the contact it came from, and says to nobody who it is about.
create table suppression (
  email_index  uuid        primary key,
  reason       smallint    not null check (reason between 0 and 3),   -- manual, hard bounce, unsubscribed, complaint: the higher the graver
  source       text        not null,   -- what said so, for a reader; never an address
  at           timestamptz not null,
  contact_id   bigint,                 -- the contact it came from; null: unknown
  recipient_id bigint                  -- the delivery it came from; null: none
);

create index suppression_at on suppression (at, email_index);
