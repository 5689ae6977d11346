-- Mail that programs submitted by SMTP, as it is signed and sent. A message has its 250 only once it is here, and its recipients in the ledger with it.
create table submitted_message (
  message_id    bigint      not null primary key,
  credential_id bigint      not null,
  received_at   timestamptz not null,
  size_bytes    integer     not null,
  envelope      bytea       not null, -- sealed: client, envelope sender, header From, what was asked for in reports, recipients
  message       bytea       not null  -- sealed
);

alter table submitted_message alter column message set storage external;

create table submitted_recipient (
  recipient_id bigint not null primary key, -- as in delivery
  message_id   bigint not null
);

create index submitted_recipient_of on submitted_recipient (message_id);
