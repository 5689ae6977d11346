-- What others report about the tenant's sending domains: DMARC aggregate reports and TLS reports, one row each. The same report sent again changes nothing.
create table domain_report (
  report_id   bigint      not null default nextval('id_seq') primary key,
  kind        smallint    not null, -- as DomainReportKind: 0 DMARC, 1 TLS
  domain      text        not null,
  reporter    text        not null,
  reference   text        not null, -- the reporter's own id of it
  begins_at   timestamptz not null,
  ends_at     timestamptz not null,
  received_at timestamptz not null,
  policy      text,
  total       bigint      not null, -- mails, or sessions
  passed      bigint      not null
);

create unique index domain_report_once on domain_report (domain, kind, reporter, reference);
create index domain_report_latest on domain_report (received_at);

-- The largest of a report's lines: who sent in the domain's name, or what went wrong with its connections.
create table domain_report_line (
  report_id bigint   not null,
  position  smallint not null,
  source    text     not null, -- IP address, or mail server
  words     text     not null, -- header From and verdicts, or the kind of failure
  total     bigint   not null,
  passed    boolean  not null,
  primary key (report_id, position)
);
