-- A link by mail may be good for something that is said with it, such as the address that is signed in with from now on.

alter table tenancy.one_use_token
  add column detail_sealed bytea;   -- purpose tenancy.one-use-token.detail, bound to user_id; null for nothing
