-- SMS that capture mode kept from leaving: the newest few, for trial and tests.
create table captured_sms (
  sms_id         bigint      primary key,
  message_sealed bytea       not null,   -- number and text, with a line break between; purpose delivery.captured-sms, bound to sms_id
  at             timestamptz not null
);
