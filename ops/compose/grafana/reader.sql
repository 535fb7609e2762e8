-- The role that Grafana reads with: it may read the history and write nothing. psql variables: password, owner (of the schema).
-- May be run again, at any time; tables that are made later are readable too.
-- Temporary tables are then for the owner alone: another role that aggregators write with needs `grant temporary`.
select 'create role grafana' where not exists (select from pg_roles where rolname = 'grafana') \gexec
alter role grafana login nosuperuser nocreatedb nocreaterole connection limit 10 password :'password';
alter role grafana set default_transaction_read_only = on;
alter role grafana set statement_timeout = '30s';
revoke temporary on database :"DBNAME" from public;
revoke create on schema public from public;
grant usage on schema public to grafana;
grant select on all tables in schema public to grafana;
alter default privileges for role :"owner" in schema public grant select on tables to grafana;
