-- With what the installation signs beside its tenants, for the domain that the settings name.
create table delivery.own_key (
  domain      text        not null primary key,
  selector    text        not null,
  record      text        not null, -- what DNS has to say
  private_key bytea       not null, -- PEM, sealed
  created_at  timestamptz not null
);
