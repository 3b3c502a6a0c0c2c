-- Roles and database of a development cluster; may run any number of times.
-- coffee_owner owns the schema; coffee is the application: a member of coffee_app, owner of nothing.
SELECT 'CREATE ROLE coffee_app NOLOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffee_app') \gexec
SELECT 'CREATE ROLE coffee_owner LOGIN CREATEDB CREATEROLE PASSWORD ''coffee_owner'''
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffee_owner') \gexec
SELECT 'CREATE ROLE coffee LOGIN PASSWORD ''coffee'' IN ROLE coffee_app'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffee') \gexec
SELECT 'CREATE DATABASE coffee OWNER coffee_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'coffee') \gexec
-- Tests drop databases that the application is still connected to.
GRANT pg_signal_backend TO coffee_owner;
